import type { Photo } from '../photo'
import { rowsOf, type Measures, type Row } from './rows'

/** Where the next page of a month begins: at a cursor of the month's own list, or of the list of all months that the page began with. */
export interface Next { readonly cursor: string | null; readonly ofMonth: boolean }

/** Guesses the height of photos that are not loaded yet, from those that are. */
export interface Estimate { readonly heightOfPhoto: number }

/** A month of photos. The first of them are loaded, up to all. */
export class Section {
  /** In the grid, pixels. */
  top = 0
  height = 0
  /** When it was last in view. */
  seen = 0
  next: Next | null = { cursor: null, ofMonth: true }
  /** The photos that are loaded and shown. */
  shown: readonly Photo[] = []
  rows: readonly Row[] = []
  rowsHeight = 0

  private loaded: Photo[] = []
  private hidden = 0
  // As long as it was when its photos were let go.
  private known: { width: number; height: number } | null = null

  constructor(readonly month: string, private total: number) {}

  get count(): number { return this.total - this.hidden }
  get isComplete(): boolean { return this.next === null }
  get loadedCount(): number { return this.loaded.length }

  append(photos: readonly Photo[], next: Next | null): void {
    const ids = new Set(this.loaded.map(photo => photo.id))
    this.loaded.push(...photos.filter(photo => !ids.has(photo.id)))
    this.next = next
    // Photos may have come or gone since the months were counted.
    this.total = next === null ? this.loaded.length : Math.max(this.total, this.loaded.length)
  }

  replace(photo: Photo): void {
    this.loaded = this.loaded.map(one => one.id === photo.id ? photo : one)
  }

  remove(ids: ReadonlySet<number>): void {
    const before = this.loaded.length
    this.loaded = this.loaded.filter(photo => !ids.has(photo.id))
    this.total -= before - this.loaded.length
  }

  /** Lets the photos go and keeps the height. */
  forget(width: number): void {
    this.known = { width, height: this.height };
    [this.loaded, this.shown, this.rows, this.rowsHeight] = [[], [], [], 0]
    this.next = { cursor: null, ofMonth: true }
  }

  arrange(measures: Measures, estimate: Estimate, hidden: ReadonlyMap<number, Section>): void {
    this.shown = hidden.size === 0 ? this.loaded : this.loaded.filter(photo => !hidden.has(photo.id))
    this.hidden = hidden.size === 0 ? 0 : [...hidden.values()].filter(section => section === this).length;
    ({ rows: this.rows, height: this.rowsHeight } = rowsOf(this.shown, measures))

    const missing = this.count - this.shown.length
    const body = this.isComplete || missing <= 0 ? this.rowsHeight
      : this.loaded.length === 0 && this.known?.width === measures.width ? this.known.height - measures.head
      : this.rowsHeight + Math.max(measures.row, missing * estimate.heightOfPhoto)
    this.height = this.count <= 0 ? 0 : measures.head + body
  }

  /** The row that a photo is in. */
  rowAt(index: number): Row | undefined {
    let [low, high] = [0, this.rows.length - 1]

    while (low <= high) {
      const middle = (low + high) >> 1
      const row = this.rows[middle]!
      if (index < row.from) high = middle - 1
      else if (index >= row.to) low = middle + 1
      else return row
    }

    return undefined
  }

  /** The place in `rows` of the first that ends below `y`, pixels below the heading. */
  firstRowBelow(y: number): number {
    let [low, high] = [0, this.rows.length]

    while (low < high) {
      const middle = (low + high) >> 1
      const row = this.rows[middle]!
      if (row.top + row.height < y) low = middle + 1
      else high = middle
    }

    return low
  }
}
