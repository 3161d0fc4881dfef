// Deleting with time to undo it. The service deletes at once and for good, so it is asked only when that time has passed or the page is left. What could not be
// asked then, because the browser was closed, is remembered in the browser and done with the next visit.
import { call, Refusal } from '../backend'
import { texts } from '../texts/photos'
import type { Library } from './library'
import type { Selection } from './selection'
import { toast } from './toasts'

/** Milliseconds in which a deletion can be undone. */
const undoFor = 8000
/** Requests that a browser carries on with when the page is gone. */
const mostKeptAlive = 200
const atOnce = 4

interface Batch { key: string; ids: number[]; due: number; close: () => void; timer: number }

export class Deletions {
  private readonly batches = new Set<Batch>()
  private readonly prefix: string

  constructor(private readonly library: Library, private readonly selection: Selection) {
    this.prefix = `deleting:${library.userId}:`
    this.resume()
    addEventListener('pagehide', () => this.leave())
  }

  delete(ids: number[]): void {
    if (ids.length === 0) return

    const batch: Batch = { key: this.prefix + crypto.randomUUID(), ids, due: Date.now() + undoFor, close: () => {}, timer: 0 }
    localStorage.setItem(batch.key, JSON.stringify({ ids, due: batch.due }))
    this.wait(batch)
    batch.close = toast(texts.deleted(ids.length), { label: texts.undo, run: () => this.undo(batch) })
  }

  /** Undoes the last deletion that still can be. */
  undoLast(): void {
    const last = [...this.batches].at(-1)
    if (last) this.undo(last)
  }

  private wait(batch: Batch): void {
    this.batches.add(batch)
    this.selection.drop(batch.ids)
    this.library.hide(batch.ids)
    batch.timer = window.setTimeout(() => void this.carryOut(batch), Math.max(0, batch.due - Date.now()))
  }

  private undo(batch: Batch): void {
    this.end(batch)
    this.library.unhide(batch.ids)
    toast(texts.restored(batch.ids.length))
  }

  private async carryOut(batch: Batch): Promise<void> {
    // Undone in another window.
    if (localStorage.getItem(batch.key) === null) {
      this.end(batch)
      this.library.unhide(batch.ids)
      return
    }

    // The time is over, but not while somebody is about to undo it.
    if (document.querySelector('.toast:hover, .toast:focus-within')) {
      batch.timer = window.setTimeout(() => void this.carryOut(batch), 1000)
      return
    }

    batch.close()
    const waiting = [...batch.ids]
    const done: number[] = []
    let refusal: unknown

    await Promise.all(Array.from({ length: atOnce }, async () => {
      for (let id = waiting.pop(); id !== undefined && refusal === undefined; id = waiting.pop()) {
        try {
          await remove(id)
          done.push(id)
        } catch (error) {
          refusal = error
        }
      }
    }))

    this.end(batch)
    this.library.remove(new Set(done))
    // The page without photos is the server's.
    if (this.library.count === 0) location.reload()

    const left = batch.ids.filter(id => !done.includes(id))
    if (left.length === 0) return

    this.library.unhide(left)
    toast(texts.notDeleted(left.length, refusal instanceof Error ? refusal.message : String(refusal)))
  }

  private end(batch: Batch): void {
    clearTimeout(batch.timer)
    batch.close()
    this.batches.delete(batch)
    localStorage.removeItem(batch.key)
  }

  private leave(): void {
    for (const batch of this.batches) {
      clearTimeout(batch.timer)
      for (const id of batch.ids.slice(0, mostKeptAlive)) void remove(id).catch(() => {})
      // Due at once for the next visit; what is deleted by then is deleted.
      localStorage.setItem(batch.key, JSON.stringify({ ids: batch.ids, due: Date.now() }))
      // If the page comes back from the browser's memory.
      batch.timer = window.setTimeout(() => void this.carryOut(batch))
    }
  }

  private resume(): void {
    for (const key of Object.keys(localStorage).filter(one => one.startsWith(this.prefix))) {
      const { ids, due } = JSON.parse(localStorage.getItem(key)!) as { ids: number[]; due: number }
      this.wait({ key, ids, due, close: () => {}, timer: 0 })
    }
  }
}

async function remove(id: number): Promise<void> {
  try {
    await call(`/images/${id}`, { method: 'DELETE', keepalive: true })
  } catch (error) {
    // Deleted already.
    if (!(error instanceof Refusal) || error.status !== 404) throw error
  }
}
