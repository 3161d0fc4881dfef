// The photos of this page, from the moment they are chosen until they are analysed.
import type { Photo } from '../photo'

/**
 * checking → queued → sending ⇄ paused → waiting → analyzed. Aside: `known` is in the library already, `refused` was never stored,
 * and `failed` is stored but could not be analysed.
 */
export type State = 'checking' | 'known' | 'queued' | 'sending' | 'paused' | 'waiting' | 'analyzed' | 'failed' | 'refused'

export interface Item {
  readonly key: number
  readonly name: string
  /** In bytes. */
  readonly size: number
  state: State
  /** Until it has been sent. */
  file?: File
  sha256?: string
  /** Uppy's id, while it has the file. */
  fileId?: string
  /** The photo that it has become, or that has the same content. */
  photoId?: number
  photo?: Photo
  sent: number
  /** In bytes a second; 0 while it is not known. */
  speed: number
  /** Why it was refused or failed, or is not sent. */
  reason?: string
  canRetry?: boolean
  /** In the line of analyses. */
  position?: number | null
  etaSeconds?: number | null
  isRetried?: boolean
  /** When its state was asked for. */
  askedAt?: number
  /** Order of completion. */
  done?: number
}

/** States in which bytes are or will be on their way. */
export const isUnsent = (item: Item): boolean =>
  item.state === 'checking' || item.state === 'queued' || item.state === 'sending' || item.state === 'paused'

export class Items {
  readonly #items = new Map<number, Item>()
  readonly #byPhoto = new Map<number, Item>()
  readonly #listeners: (() => void)[] = []
  #next = 1
  #completed = 0

  get all(): IterableIterator<Item> {
    return this.#items.values()
  }

  get(key: number): Item | undefined {
    return this.#items.get(key)
  }

  /** The item that has become this photo; not one that merely has the same content. */
  ofPhoto(id: number): Item | undefined {
    return this.#byPhoto.get(id)
  }

  add(item: Pick<Item, 'name' | 'size' | 'state'> & Partial<Item>): Item {
    const added: Item = { sent: 0, speed: 0, ...item, key: this.#next++ }
    this.#items.set(added.key, added)
    this.change(added, {})
    return added
  }

  change(item: Item, change: Partial<Item>): void {
    Object.assign(item, change)
    if (item.photoId !== undefined && item.state !== 'known') this.#byPhoto.set(item.photoId, item)
    if (item.state === 'analyzed') item.done ??= ++this.#completed
    this.changed()
  }

  /** Something that all of them show has changed. */
  changed(): void {
    for (const listener of this.#listeners) listener()
  }

  remove(item: Item): void {
    this.#items.delete(item.key)
    if (item.photoId !== undefined && this.#byPhoto.get(item.photoId) === item) this.#byPhoto.delete(item.photoId)
    this.changed()
  }

  onChange(listener: () => void): void {
    this.#listeners.push(listener)
  }
}
