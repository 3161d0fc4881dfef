// The way of a stored photo until it is analysed: told by the event stream, and for those that are on the screen with their place in the line.
import { read, Refusal } from '../backend'
import { listen, type ImageEvent } from '../events'
import type { Photo } from '../photo'
import { sessionEnded } from '../session'
import { texts } from '../texts/upload'
import type { Item, Items } from './items'

interface Timeline {
  status: Photo['status']
  waiting: { not_before: string | null; position: number | null; eta_seconds: number | null } | null
}

/** Requests for photos at the same time. */
const atOnce = 2
const askEvery = 2_500
const askedPerRound = 3
/** Of photos that this page may not know by their number yet. */
const rememberedEvents = 1000
/** The newest photos, among which an earlier page's are. */
const recalled = 500

export class Following {
  readonly #asking: number
  readonly #early = new Map<number, ImageEvent>()
  readonly #toRead: Item[] = []
  #reading = 0

  constructor(readonly items: Items, readonly userId: number) {
    listen(userId, {
      event: event => this.#told(event),
      state: state => { if (state === 'ended') clearInterval(this.#asking) },
    })
    this.#asking = setInterval(() => { if (!document.hidden) void this.#askPlaces() }, askEvery)
  }

  /** To be called when a photo is stored. */
  follow(item: Item): void {
    const event = this.#early.get(item.photoId!)
    if (event) this.#apply(event, item)
  }

  /** Its picture is wanted. */
  look(item: Item): void {
    if (item.photoId === undefined || item.photo || this.#toRead.includes(item)) return
    this.#toRead.push(item)
    void this.#readNext()
  }

  /** Finds out what has become of photos that an earlier page has sent. Those that are gone are removed. */
  async recall(items: Item[]): Promise<void> {
    if (items.length === 0) return

    try {
      for (const photo of await read<Photo[]>(`/users/${this.userId}/images?limit=${recalled}`)) {
        const item = this.items.ofPhoto(photo.id)
        if (item) this.#show(item, photo)
      }
    } catch {
      // There is none any more, or nobody answers.
    }

    for (const item of items) if (item.state === 'waiting') this.look(item)
  }

  #told(event: ImageEvent): void {
    this.#early.set(event.image_id, event)
    if (this.#early.size > rememberedEvents) this.#early.delete(this.#early.keys().next().value!)

    const item = this.items.ofPhoto(event.image_id)
    if (item) this.#apply(event, item)
  }

  #apply(event: ImageEvent, item: Item): void {
    if (event.type === 'image.analyzed') {
      // Done already, and its picture follows.
      this.items.change(item, { state: 'analyzed', photo: undefined })
      this.look(item)
    } else if (event.type === 'image.failed') {
      this.items.change(item, { state: 'failed', reason: texts.analysisFailed(event.failure?.detail ?? '') })
    } else if (event.type === 'image.deleted') {
      this.items.remove(item)
    }
  }

  async #readNext(): Promise<void> {
    if (this.#reading >= atOnce) return
    const item = this.#toRead.shift()
    if (!item) return
    this.#reading++

    try {
      this.#show(item, await read<Photo>(`/images/${item.photoId}`))
    } catch (error) {
      // Deleted meanwhile. After any other fault the photo is shown without its picture.
      if (error instanceof Refusal && error.status === 404) this.items.remove(item)
    } finally {
      this.#reading--
      void this.#readNext()
    }
  }

  #show(item: Item, photo: Photo): void {
    if (item.state === 'known') this.items.change(item, { photo })
    else if (photo.status === 'analyzed') this.items.change(item, { state: 'analyzed', photo })
    else if (photo.status === 'failed') this.items.change(item, { state: 'failed', photo, reason: texts.analysisFailed(photo.failure?.detail ?? '') })
  }

  /** A few at a time, those first that were not asked about for the longest time. Finds also what an event did not tell. */
  async #askPlaces(): Promise<void> {
    const waiting = [...this.items.all].filter(item => item.state === 'waiting').sort((a, b) => (a.askedAt ?? 0) - (b.askedAt ?? 0)).slice(0, askedPerRound)

    for (const item of waiting) {
      item.askedAt = performance.now()

      try {
        const { status, waiting } = await read<Timeline>(`/images/${item.photoId}/timeline`)
        if (item.state !== 'waiting') continue
        if (status === 'analyzed' || status === 'failed') this.look(item)
        else this.items.change(item, { position: waiting?.position, etaSeconds: waiting?.eta_seconds, isRetried: !!waiting?.not_before })
      } catch (error) {
        if (error instanceof Refusal && error.status === 404) {
          this.items.remove(item)
          continue
        }

        if (error instanceof Refusal && error.status === 401) {
          clearInterval(this.#asking)
          sessionEnded()
        }

        return
      }
    }
  }
}
