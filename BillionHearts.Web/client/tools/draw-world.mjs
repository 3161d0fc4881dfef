// Draws src/photo/world.svg, the map behind the place of a photo: coasts and borders of Natural Earth 1:110m (public domain), in tenths of a degree.
// The packages are needed only here: npm i --no-save world-atlas@2.0.2 topojson-client@3.1.0 && node tools/draw-world.mjs
import { readFileSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { feature, mesh } from 'topojson-client'

const world = JSON.parse(readFileSync(createRequire(import.meta.url).resolve('world-atlas/countries-110m.json'), 'utf8'))
const { countries, land } = world.objects

const place = ([longitude, latitude]) => [Math.round((longitude + 180) * 10), Math.round((90 - latitude) * 10)]

/** A line in relative coordinates, without steps that are too small to see. */
function line(points, end) {
  let [x, y] = place(points[0])
  let path = `M${x} ${y}l`

  for (const point of points.slice(1)) {
    const [nextX, nextY] = place(point)
    if (nextX === x && nextY === y) continue
    path += `${nextX - x} ${nextY - y} `
    ;[x, y] = [nextX, nextY]
  }

  return path.trim().replaceAll(' -', '-') + end
}

const coasts = feature(world, land).features.flatMap(one => one.geometry.coordinates).flatMap(polygon => polygon.map(ring => line(ring, 'z'))).join('')
const borders = mesh(world, countries, (one, other) => one !== other).coordinates.map(points => line(points, '')).join('')

writeFileSync(new URL('../src/photo/world.svg', import.meta.url), `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 3600 1800">
<!-- Made by tools/draw-world.mjs from Natural Earth (public domain). Used as a mask: land is opaque, borders are cut out. -->
<mask id="land"><path fill="#fff" d="${coasts}"/><path fill="none" stroke="#000" stroke-width="4" d="${borders}"/></mask>
<path d="M0 0h3600v1800h-3600z" mask="url(#land)"/>
</svg>
`)
