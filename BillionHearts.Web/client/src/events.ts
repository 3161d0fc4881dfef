// The user's event stream, one for all modules of a page. It goes on where it was after every interruption, so no listener misses an event or is told one twice.
import { address } from './backend'
import { sessionEnded } from './session'

export type EventType =
  'image.uploaded' | 'image.analyzed' | 'image.failed' | 'image.deleted' | 'image.restored' | 'image.duplicates'

export interface ImageEvent {
  event_id: string
  type: EventType
  image_id: number
  user_id: number
  version: number
  /** ISO 8601. */
  occurred_at: string
  failure?: { reason: string; detail: string }
  duplicates?: { image_id: number; distance: number; exact: boolean }[]
}

/** `away`: no connection, and a next attempt will be made. `ended`: the session is over; the user has been told. */
export type StreamState = 'connecting' | 'open' | 'away' | 'ended'

export interface Listener {
  event?(event: ImageEvent): void
  /** Called with the current state at once, and with every change. */
  state?(state: StreamState): void
}

const types: readonly EventType[] =
  ['image.uploaded', 'image.analyzed', 'image.failed', 'image.deleted', 'image.restored', 'image.duplicates']

const firstPause = 1_000
const longestPause = 60_000
/** Each stream takes one of the six connections that a browser has for all tabs, so a tab that nobody looks at gives its own back. */
const hiddenFor = 60_000

const streams = new Map<number, Stream>()

/**
 * Listens to a user's events from now on. A stream that is new begins with those of the last minute.
 * @returns What ends it.
 */
export function listen(userId: number, listener: Listener): () => void {
  let stream = streams.get(userId)
  if (!stream) streams.set(userId, stream = new Stream(userId))
  return stream.add(listener)
}

class Stream {
  readonly #path: string
  readonly #listeners = new Set<Listener>()
  #source: EventSource | undefined
  #state: StreamState = 'connecting'
  /** Ids are consecutive numbers of the user's events. */
  #lastId = ''
  #pause = firstPause
  #timer = 0

  constructor(userId: number) {
    this.#path = `/users/${userId}/events`
    document.addEventListener('visibilitychange', () => this.#look())
    addEventListener('pagehide', () => this.#close())
    addEventListener('pageshow', event => { if (event.persisted) this.#open() })
    addEventListener('online', () => this.#open())
  }

  add(listener: Listener): () => void {
    this.#listeners.add(listener)
    listener.state?.(this.#state)
    this.#open()

    return () => {
      this.#listeners.delete(listener)
      if (this.#listeners.size === 0) this.#close()
    }
  }

  #open(): void {
    if (this.#source || this.#state === 'ended' || this.#listeners.size === 0) return
    clearTimeout(this.#timer)

    const from = this.#lastId && `?last_event_id=${this.#lastId}`
    const source = this.#source = new EventSource(address(this.#path) + from)
    source.onopen = () => {
      this.#pause = firstPause
      this.#become('open')
    }
    source.onerror = () => {
      this.#become('away')
      // After a lost connection a browser tries again by itself; after a refusal it does not.
      if (source.readyState === EventSource.CLOSED) void this.#refused()
    }
    for (const type of types) source.addEventListener(type, event => this.#tell(event as MessageEvent<string>))
  }

  #close(): void {
    clearTimeout(this.#timer)
    this.#source?.close()
    this.#source = undefined
  }

  /** An EventSource does not say why it was refused, so the address is asked. */
  async #refused(): Promise<void> {
    this.#close()
    const question = new AbortController()
    let wait = this.#pause
    this.#pause = Math.min(this.#pause * 2, longestPause)

    try {
      const response = await fetch(address(this.#path), { signal: question.signal, headers: { 'X-Gallery': '1' } })
      if (response.status === 401) return this.#end()
      wait = Math.max(wait, 1000 * Number(response.headers.get('Retry-After') ?? 0))
    } catch {
      // Nobody answers at all.
    } finally {
      // Only its status was wanted.
      question.abort()
    }

    this.#timer = setTimeout(() => this.#open(), wait * (.75 + Math.random() / 2))
  }

  #end(): void {
    this.#become('ended')
    sessionEnded()
  }

  #look(): void {
    clearTimeout(this.#timer)
    if (!document.hidden) this.#open()
    else this.#timer = setTimeout(() => this.#close(), hiddenFor)
  }

  #tell(message: MessageEvent<string>): void {
    this.#lastId = message.lastEventId
    const event = JSON.parse(message.data) as ImageEvent
    for (const listener of [...this.#listeners]) listener.event?.(event)
  }

  #become(state: StreamState): void {
    if (this.#state === state) return
    this.#state = state
    for (const listener of [...this.#listeners]) listener.state?.(state)
  }
}
