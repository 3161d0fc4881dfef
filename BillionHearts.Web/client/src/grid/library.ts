// All photos that the page's filter finds, in months, of which only some are loaded.
import { read } from '../backend'
import type { Photo, PhotoSource } from '../photo'
import { monthOf, readPage, slim } from './pages'
import type { Measures } from './rows'
import type { Estimate, Next } from './section'
import { Section } from './section'

/** What Pages/Photos has written into the page. */
export interface LibraryData {
  user_id: number
  /** The filter, as the api's query. */
  query: string
  /** When it was written, ISO 8601. */
  made_at: string
  months: { month: string; count: number }[]
  /** The first photos of the list by capture time, newest first. */
  photos: Photo[]
  /** Where that list goes on. */
  cursor: string | null
}

/** Photos that are read again at once: their ids are in the address. */
const renewedAtOnce = 100
/** About 15 MB. Those longest out of view are let go. */
const mostLoaded = 15_000

export class Library implements PhotoSource {
  readonly userId: number
  readonly sections: readonly Section[]
  height = 0
  /** Called when something has changed that is laid out. */
  onchange: () => void = () => {}

  private readonly query: string
  private readonly sectionOf = new Map<number, Section>()
  /** Deleted, as long as that can be undone. */
  private readonly hidden = new Map<number, Section>()
  private readonly loading = new Map<Section, Promise<void>>()
  private estimate: Estimate = { heightOfPhoto: 0 }
  private measures: Measures = { width: 1, row: 1, gap: 0, head: 0 }

  constructor(data: LibraryData) {
    this.userId = data.user_id
    this.query = data.query
    this.sections = data.months.map(month => new Section(month.month, month.count))

    const last = data.photos.length > 0 ? monthOf(data.photos.at(-1)!) : null

    for (const section of this.sections) {
      const photos = data.photos.filter(photo => monthOf(photo) === section.month)

      if (photos.length === 0) continue

      const goesOn = data.cursor !== null && section.month === last
      this.add(section, photos, goesOn && photos.length < section.count ? { cursor: data.cursor, ofMonth: false } : null)
    }
  }

  get count(): number { return this.sections.reduce((sum, section) => sum + section.count, 0) }

  /** Places all months for a width. The first call also guesses heights, from the photos that came with the page. */
  arrange(measures: Measures): void {
    const isNew = measures.width !== this.measures.width || measures.row !== this.measures.row
    this.measures = measures

    if (isNew) this.estimate = this.guess(measures)

    let top = 0

    for (const section of this.sections) {
      section.arrange(measures, this.estimate, this.hidden)
      section.top = top
      top += section.height
    }

    this.height = top
  }

  /** The place in `sections` of the one at `y` pixels of the grid. */
  sectionAt(y: number): number {
    let [low, high] = [0, this.sections.length - 1]

    while (low < high) {
      const middle = (low + high) >> 1
      const section = this.sections[middle]!
      if (section.top + section.height <= y) low = middle + 1
      else high = middle
    }

    return low
  }

  /** Those that are at least in part between two heights of the grid, in pixels. */
  within(from: number, to: number): Section[] {
    const found: Section[] = []

    for (let place = this.sectionAt(from); place < this.sections.length && this.sections[place]!.top < to; place++) {
      if (this.sections[place]!.height > 0) found.push(this.sections[place]!)
    }

    return found
  }

  find(id: number): { section: Section; photo: Photo } | undefined {
    const section = this.sectionOf.get(id)
    const photo = section?.shown.find(one => one.id === id)
    return section && photo ? { section, photo } : undefined
  }

  indexOf(id: number): number {
    const found = this.find(id)
    if (!found) return -1

    let before = 0

    for (const section of this.sections) {
      if (section === found.section) break
      before += section.count
    }

    return before + found.section.shown.indexOf(found.photo)
  }

  async at(index: number): Promise<Photo | undefined> {
    const place = this.placeOf(index)
    if (!place) return undefined

    while (place.index >= place.section.shown.length && !place.section.isComplete) await this.load(place.section)
    return place.section.shown[place.index]
  }

  /** The photos from one place to another, both included. Loads those that are missing. */
  async range(from: number, to: number): Promise<Photo[]> {
    const photos: Photo[] = []

    for (let index = from; index <= to; index++) {
      const photo = await this.at(index)
      if (photo) photos.push(photo)
    }

    return photos
  }

  async all(section: Section): Promise<readonly Photo[]> {
    while (!section.isComplete) await this.load(section)
    return section.shown
  }

  /** Loads the next page of a month. */
  load(section: Section): Promise<void> {
    const running = this.loading.get(section)
    if (running || !section.next) return running ?? Promise.resolve()

    const loading = this.loadNext(section, section.next).finally(() => this.loading.delete(section))
    this.loading.set(section, loading)
    return loading
  }

  get isBusy(): boolean { return this.loading.size >= 2 }

  /** Takes photos out of sight. */
  hide(ids: Iterable<number>): void {
    for (const id of ids) {
      const section = this.sectionOf.get(id)
      if (section) this.hidden.set(id, section)
    }

    this.onchange()
  }

  unhide(ids: Iterable<number>): void {
    for (const id of ids) this.hidden.delete(id)
    this.onchange()
  }

  remove(ids: ReadonlySet<number>): void {
    for (const section of new Set([...ids].flatMap(id => this.sectionOf.get(id) ?? []))) section.remove(ids)

    for (const id of ids) {
      this.hidden.delete(id)
      this.sectionOf.delete(id)
    }

    this.onchange()
  }

  /** Reads photos again that have changed. Those that are not loaded are left alone. */
  async refresh(ids: readonly number[]): Promise<void> {
    for (let from = 0; from < ids.length; from += renewedAtOnce) {
      const some = ids.slice(from, from + renewedAtOnce)

      for (const photo of await read<Photo[]>(`/users/${this.userId}/images?limit=${renewedAtOnce}&ids=${some.join(',')}`)) {
        this.sectionOf.get(photo.id)?.replace(slim(photo))
      }
    }

    this.onchange()
  }

  /** The address of a ZIP with all photos that the filter finds, or with some of them. */
  exportPath(ids?: readonly number[]): string {
    const query = ids ? `ids=${ids.join(',')}` : this.query
    return `/users/${this.userId}/images/export${query ? `?${query}` : ''}`
  }

  private placeOf(index: number): { section: Section; index: number } | undefined {
    for (const section of this.sections) {
      if (index < section.count) return index < 0 ? undefined : { section, index }
      index -= section.count
    }

    return undefined
  }

  private async loadNext(section: Section, next: Next): Promise<void> {
    const { photos, cursor } = await readPage(this.userId, this.query, section, next)
    const isLast = cursor === null || (!next.ofMonth && section.loadedCount + photos.length >= section.count)
    this.add(section, photos, isLast ? null : { cursor, ofMonth: next.ofMonth })
    this.forgetSome(section)
    this.onchange()
  }

  private add(section: Section, photos: readonly Photo[], next: Next | null): void {
    section.append(photos, next)
    for (const photo of photos) this.sectionOf.set(photo.id, section)
  }

  private forgetSome(except: Section): void {
    const loaded = this.sections.filter(section => section.loadedCount > 0 && section !== except).sort((a, b) => a.seen - b.seen)
    let sum = loaded.reduce((total, section) => total + section.loadedCount, except.loadedCount)

    for (const section of loaded) {
      if (sum <= mostLoaded) break
      sum -= section.loadedCount
      // Those that are hidden stay known, or else they would come back.
      for (const photo of section.shown) this.sectionOf.delete(photo.id)
      section.forget(this.measures.width)
    }
  }

  private guess(measures: Measures): Estimate {
    const loaded = this.sections.filter(section => section.loadedCount > 0)
    for (const section of loaded) section.arrange(measures, { heightOfPhoto: 0 }, this.hidden)

    const photos = loaded.reduce((sum, section) => sum + section.shown.length, 0)
    const height = loaded.reduce((sum, section) => sum + section.rowsHeight, 0)
    // Photos of four to three, in rows that have grown by a tenth, if there is too little to learn from.
    const usual = measures.row * 1.1 / Math.max(1, measures.width / (measures.row * 1.33 * 1.1))

    return { heightOfPhoto: photos >= 20 ? height / photos : usual }
  }
}
