// What the page "/" costs a browser, by Chromium's own trace (docs/performance.md). The package is needed only here: npm i --no-save playwright-core
//
//   node tools/measure-grid.mjs first  http://localhost:8080 ada            first paint, and the time until 100 photos are complete
//   node tools/measure-grid.mjs scroll http://localhost:8080 rows thumbs/   from one end of the library to the other (tools/grid-rows.sql makes a large one)
//   node tools/measure-grid.mjs still  http://localhost:8080 rows thumbs/   whether anything in view moves while photos are loaded above and below
//
// A user is chosen as in Development. Rows without files have no thumbs: those of a folder are answered in their place.
import { readdirSync, readFileSync } from 'node:fs'
import { createRequire } from 'node:module'

const { chromium } = createRequire(import.meta.url)(process.env.PLAYWRIGHT ?? 'playwright-core')
const [what, base, username, folder] = process.argv.slice(2)
const width = Number(process.env.WIDTH ?? 1440)
const browser = await chromium.launch({ executablePath: '/usr/bin/chromium', args: ['--no-sandbox', '--disable-gpu', '--enable-precise-memory-info'] })
// For the first paint high enough that a hundred photos are in view.
const context = await browser.newContext({ viewport: { width, height: what === 'first' ? 5600 : 860 } })
const page = await context.newPage()
const cdp = await context.newCDPSession(page)

if (folder) {
  const thumbs = readdirSync(folder).map(file => readFileSync(`${folder}/${file}`))
  await context.route('**/media/*/thumb*', route => route.fulfill({
    body: thumbs[parseInt(route.request().url().match(/media\/(\w{6})/)[1], 16) % thumbs.length], contentType: 'image/webp', headers: { 'Cache-Control': 'max-age=3600' },
  }))
}

await page.goto(`${base}/sign-in`)
await page.locator('input[list=users]').fill(username)
await page.getByRole('button', { name: 'Continue as' }).click()
await page.waitForURL(`${base}/`)

await { first, scroll, still }[what]()
await browser.close()

async function first() {
  await page.addInitScript(() => {
    const look = () => {
      const complete = [...document.querySelectorAll('.tile img')].filter(image => image.complete && image.naturalWidth > 0).length
      if (complete >= 100) window.hundred = performance.now()
      else requestAnimationFrame(look)
    }
    requestAnimationFrame(look)
    window.shift = 0
    new PerformanceObserver(list => { for (const entry of list.getEntries()) window.shift += entry.value }).observe({ type: 'layout-shift', buffered: true })
  })

  for (let run = 1; run <= 10; run++) {
    // The browser's own cache is empty, the edge's is warm after the first run.
    await cdp.send('Network.clearBrowserCache')
    await page.goto(`${base}/`)
    await page.waitForFunction(() => window.hundred, null, { timeout: 60_000 })
    const seen = await page.evaluate(() => ({
      byte: performance.getEntriesByType('navigation')[0].responseStart,
      paint: performance.getEntriesByName('first-contentful-paint')[0].startTime,
      hundred: window.hundred,
      shift: window.shift,
      scripts: performance.getEntriesByType('resource').filter(one => one.name.endsWith('.js')).reduce((sum, one) => sum + one.encodedBodySize, 0),
    }))
    console.log(`run ${run}: first byte ${seen.byte.toFixed(0)} ms, first contentful paint ${seen.paint.toFixed(0)} ms, 100 photos ${seen.hundred.toFixed(0)} ms, `
      + `layout shift ${seen.shift.toFixed(4)}, scripts ${(seen.scripts / 1000).toFixed(1)} KB`)
  }
}

async function scroll() {
  await page.waitForTimeout(2000)
  const events = []
  cdp.on('Tracing.dataCollected', ({ value }) => events.push(...value))
  await cdp.send('Tracing.start', { transferMode: 'ReportEvents', traceConfig: { includedCategories: ['toplevel', 'devtools.timeline'] } })
  const started = Date.now()

  const seen = await page.evaluate(async () => {
    let [frames, slow, tiles, heap] = [0, 0, 0, 0]
    const photos = new Set()

    while (scrollY < document.documentElement.scrollHeight - innerHeight - 2) {
      // Twenty frames of scrolling, then a short look, as a reader does.
      let last = performance.now()

      for (let frame = 0; frame < 20; frame++) {
        scrollBy(0, 500)
        await new Promise(resolve => requestAnimationFrame(resolve))
        if (performance.now() - last > 100) slow++
        last = performance.now()
        frames++
        tiles = Math.max(tiles, document.querySelectorAll('.tile').length)
      }

      await new Promise(resolve => setTimeout(resolve, 120))
      heap = Math.max(heap, performance.memory.usedJSHeapSize)
      for (const tile of document.querySelectorAll('.tile')) photos.add(tile.dataset.id)
    }

    return { frames, slow, tiles, heap, photos: photos.size, height: document.documentElement.scrollHeight }
  })

  await new Promise(resolve => {
    cdp.once('Tracing.tracingComplete', resolve)
    void cdp.send('Tracing.end')
  })
  const renderers = events.filter(event => event.name === 'thread_name' && event.args.name === 'CrRendererMain')
  const durations = renderers.map(({ pid, tid }) => events.filter(event => event.pid === pid && event.tid === tid && event.name.endsWith('RunTask') && event.dur)
    .map(event => event.dur / 1000).sort((one, other) => other - one))
  const tasks = durations.sort((one, other) => other.length - one.length)[0]
  await cdp.send('HeapProfiler.collectGarbage')
  const left = await page.evaluate(() => performance.memory.usedJSHeapSize)

  console.log(`${seen.height} px in ${((Date.now() - started) / 1000).toFixed(0)} s and ${seen.frames} frames, ${seen.slow} of them over 100 ms; ${seen.photos} photos had a tile at a stop, at most ${seen.tiles} at once`)
  console.log(`heap: at most ${(seen.heap / 1e6).toFixed(0)} MB, ${(left / 1e6).toFixed(0)} MB at the end`)
  console.log(`tasks of the main thread: ${tasks.length}, the longest ${tasks.slice(0, 6).map(task => task.toFixed(0)).join(', ')} ms; ${tasks.filter(task => task > 50).length} over 50 ms, ${tasks.filter(task => task > 100).length} over 100 ms`)
}

async function still() {
  await page.waitForTimeout(2000)

  for (let place = 0; place < 6; place++) {
    // To the beginning of a month a year earlier, and from there upwards, into months that are not loaded.
    await page.locator('.handle').press('PageDown')
    for (let step = 0; step < 8; step++) {
      console.log(await page.evaluate(async () => {
        const places = () => new Map([...document.querySelectorAll('.tile')].map(tile => [tile.dataset.id, tile.getBoundingClientRect()])
          .filter(([, box]) => box.bottom > 60 && box.top < innerHeight))
        let [before, moved, furthest, frames] = [places(), 0, 0, 0]

        for (const until = performance.now() + 800; performance.now() < until; frames++) {
          await new Promise(resolve => requestAnimationFrame(resolve))
          const now = places()

          for (const [id, box] of before) {
            const away = now.has(id) ? Math.abs(now.get(id).top - box.top) + Math.abs(now.get(id).left - box.left) : 0
            if (away > 1) moved++
            furthest = Math.max(furthest, away)
          }

          before = now
        }

        scrollBy(0, -500)
        return `${document.querySelector('.bubble').textContent}: ${before.size} photos in view, ${moved} moved, at most ${furthest.toFixed(1)} px, in ${frames} frames`
      }))
    }
  }
}
