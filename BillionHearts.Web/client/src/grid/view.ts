// What is in view, and a little more: everything else of the grid is only a number of pixels.
import type { Photo } from '../photo'
import { findAnchor, yOf } from './anchor'
import type { Library } from './library'
import { measure } from './measure'
import { ratioOf, type Measures, type Row } from './rows'
import type { Section } from './section'
import { SectionView } from './sectionView'
import { Tile } from './tile'

/** Pixels above and below the window for which there are tiles, and for which photos are loaded. */
const margin = 900
/** Milliseconds after which photos that did not load are asked for again. */
const renewAgain = 60_000
/** Milliseconds between two looks at what has to be loaded. */
const patience = 90
/** Milliseconds until what could not be loaded is tried again. */
const pause = 5000

export class GridView {
  readonly tiles = new Map<number, Tile>()
  /** The photo that the keyboard is at: its tile stays. */
  active: number | null = null
  /** Told of a new tile. */
  ontile: (photo: Photo, tile: Tile) => void = () => {}
  onscroll: () => void = () => {}
  onarrange: () => void = () => {}
  onerror: (error: unknown) => void = () => {}

  private readonly renewed = new Set<number>()
  private readonly views = new Map<Section, SectionView>()
  private measures: Measures
  private frame = 0
  private timer = 0
  private lastY = 0
  private speed = 0

  constructor(readonly root: HTMLElement, readonly library: Library) {
    this.measures = measure(this.root)
    library.arrange(this.measures)
    this.adopt()
    root.classList.add('placed')
    this.resize()
    this.render()

    library.onchange = () => this.rearrange()
    addEventListener('scroll', () => this.schedule(), { passive: true })
    new ResizeObserver(() => {
      if (measure(this.root).width !== this.measures.width) this.rearrange()
    }).observe(root)
  }

  /** Pixels of the grid at the window's upper edge. */
  get y(): number { return scrollY - this.root.offsetTop }

  scrollTo(y: number): void { scrollTo({ top: y + this.root.offsetTop, behavior: 'instant' }) }

  viewOf(section: Section): SectionView | undefined { return this.views.get(section) }

  /** Where a photo is in the grid, in pixels. */
  boxOf(section: Section, index: number): { left: number; width: number; top: number; height: number } | undefined {
    const row = section.rowAt(index)
    if (!row) return undefined

    let left = 0
    for (let one = row.from; one < index; one++) left += ratioOf(section.shown[one]!) * row.height + this.measures.gap

    return { left, width: ratioOf(section.shown[index]!) * row.height, top: section.top + this.measures.head + row.top, height: row.height }
  }

  rearrange(): void {
    const anchor = findAnchor(this.library, this.measures, this.y, innerHeight)
    this.measures = measure(this.root)
    this.library.arrange(this.measures)
    this.resize()
    const y = anchor && yOf(anchor, this.measures)
    if (y !== null && Math.abs(y - this.y) >= 1) this.scrollTo(y)
    this.render(true)
    this.onarrange()
  }

  /** Scrolls as little as needed to show a photo. */
  reveal(box: { top: number; height: number }): void {
    const above = document.querySelector('.bar')!.getBoundingClientRect().bottom + 8
    const below = innerHeight - box.height - 8

    if (box.top - this.y < above) this.scrollTo(box.top - above)
    else if (box.top - this.y > below) this.scrollTo(box.top - Math.max(above, below))
  }

  /** Brings the tiles in line with the window. */
  render(again = false): void {
    const [from, to] = [this.y - margin, this.y + innerHeight + margin]
    const kept = new Set<Section>()
    const ids = new Set<number>()

    for (const section of this.library.within(from, to)) {
      kept.add(section)
      this.renderSection(section, from, to, ids, again)
    }

    for (const [id, tile] of this.tiles) {
      if (ids.has(id) || (id === this.active && this.library.find(id))) continue
      tile.remove()
      this.tiles.delete(id)
    }

    const active = this.active === null ? undefined : this.library.find(this.active)?.section

    for (const [section, view] of this.views) {
      if (kept.has(section) || section === active) continue
      view.remove()
      this.views.delete(section)
    }

    this.timer ||= window.setTimeout(() => this.settle(), patience)
  }

  private renderSection(section: Section, from: number, to: number, ids: Set<number>, again: boolean): void {
    let view = this.views.get(section)

    if (!view) {
      view = new SectionView(section.month)
      this.views.set(section, view)
      this.root.append(view.element)
    }

    view.place(section)
    const above = section.top + this.measures.head

    for (let place = section.firstRowBelow(from - above); place < section.rows.length; place++) {
      const row = section.rows[place]!
      if (above + row.top > to) break
      this.renderRow(section, row, view, ids, again)
    }
  }

  private renderRow(section: Section, row: Row, view: SectionView, ids: Set<number>, again: boolean): void {
    let left = 0

    for (let index = row.from; index < row.to; index++) {
      const photo = section.shown[index]!
      ids.add(photo.id)
      let tile = this.tiles.get(photo.id)

      if (!tile || again) {
        if (!tile) {
          tile = new Tile(photo, this.broken)
          this.tiles.set(photo.id, tile)
          this.ontile(photo, tile)
          view.list.append(tile.element)
        }

        tile.update(photo)
        tile.place(left, row.top, row.height)
      }

      left += ratioOf(photo) * row.height + this.measures.gap
    }
  }

  /** Where addresses expire, a page may be open for longer. Each photo is asked for once. */
  private readonly broken = (id: number): void => {
    if (this.renewed.has(id)) return
    if (this.renewed.size === 0) setTimeout(() => {
      this.library.refresh([...this.renewed]).catch(() => {})
      setTimeout(() => this.renewed.clear(), renewAgain)
    }, patience)
    this.renewed.add(id)
  }

  private schedule(): void {
    this.frame ||= requestAnimationFrame(() => {
      this.frame = 0
      this.speed = Math.abs(this.y - this.lastY)
      this.lastY = this.y
      this.render()
      this.onscroll()
    })
  }

  /** Loads what is in view, unless the reader is only passing through. */
  private settle(): void {
    this.timer = 0

    if (this.speed > innerHeight) {
      this.speed = 0
      this.timer = window.setTimeout(() => this.settle(), patience)
      return
    }

    for (const tile of this.tiles.values()) tile.show()

    const [from, to] = [this.y - margin, this.y + innerHeight + margin]

    for (const section of this.library.within(from, to)) {
      section.seen = performance.now()
      const loadedUntil = section.top + this.measures.head + section.rowsHeight
      if (!section.isComplete && loadedUntil < to && !this.library.isBusy) this.library.load(section).catch(error => this.retry(error))
    }
  }

  private retry(error: unknown): void {
    this.onerror(error)
    clearTimeout(this.timer)
    this.timer = window.setTimeout(() => this.settle(), pause)
  }

  /** Takes over what the server has rendered. */
  private adopt(): void {
    for (const element of this.root.querySelectorAll<HTMLElement>('.month')) {
      const section = this.library.sections.find(one => one.month === element.dataset.month)
      if (!section) continue

      this.views.set(section, new SectionView(section.month, element))
      section.shown.forEach((photo, index) => {
        const rendered = element.querySelector<HTMLLIElement>(`[data-id="${photo.id}"]`)
        const box = this.boxOf(section, index)
        if (!rendered || !box) return

        const tile = new Tile(photo, this.broken, rendered)
        tile.place(box.left, box.top - section.top - this.measures.head, box.height)
        this.tiles.set(photo.id, tile)
        queueMicrotask(() => this.ontile(photo, tile))
      })
    }
  }

  private resize(): void { this.root.style.height = `${this.library.height}px` }
}
