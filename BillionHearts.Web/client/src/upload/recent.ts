// Remembers, for a reload of this tab, which photos it has sent.
import type { Item, Items } from './items'

interface Sent { id: number; name: string; size: number }

const limit = 500
const saveAfter = 500

export class Recent {
  readonly #key: string
  #timer = 0

  constructor(readonly items: Items, userId: number) {
    this.#key = `uploads-${userId}`
  }

  /** Adds those of an earlier page, and remembers all from now on. */
  restore(): Item[] {
    const sent = JSON.parse(sessionStorage.getItem(this.#key) ?? '[]') as Sent[]
    const items = sent.map(({ id, name, size }) => this.items.add({ name, size, state: 'waiting', photoId: id, sent: size }))
    this.items.onChange(() => { this.#timer ||= setTimeout(() => this.#save(), saveAfter) })
    addEventListener('pagehide', () => this.#save())
    return items
  }

  #save(): void {
    clearTimeout(this.#timer)
    this.#timer = 0
    const sent: Sent[] = [...this.items.all]
      .filter(item => item.photoId !== undefined && (item.state === 'waiting' || item.state === 'analyzed' || item.state === 'failed'))
      .map(item => ({ id: item.photoId!, name: item.name, size: item.size }))
    sessionStorage.setItem(this.#key, JSON.stringify(sent.slice(-limit)))
  }
}
