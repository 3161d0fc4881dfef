// What happens to a file before its first byte is sent: would the api refuse it, and is it there already?
import { read, Refusal } from '../backend'
import { sessionEnded } from '../session'
import { texts } from '../texts/upload'
import type { Hashed } from './hash.worker'
import type { Item, Items } from './items'
import { typeOf } from './types'

interface Known { results: { sha256: string; stored: boolean; image_ids: number[] }[] }

/** Files are hashed for so long before the api is asked about them, so that the first are sent soon and many are asked about together. */
const batchTime = 400
/** The api takes up to 1000. */
const batchSize = 200
const longestPause = 15_000

export class Intake {
  readonly #queue: Item[] = []
  readonly #chosen = new Map<string, Item>()
  #worker: Worker | undefined
  #isRunning = false

  /**
   * @param limit Bytes that a file may have.
   * @param send Takes those that are to be sent.
   */
  constructor(readonly items: Items, readonly userId: number, readonly limit: Promise<number>, readonly send: (items: Item[]) => void) {}

  get isRunning(): boolean {
    return this.#isRunning
  }

  async take(files: readonly File[]): Promise<void> {
    const limit = await this.limit

    for (const file of files) {
      const refusal = refusalOf(file, limit)
      const item = this.items.add({ name: file.name, size: file.size, ...refusal ? { state: 'refused', reason: refusal } : { state: 'checking', file } })
      if (!refusal) this.#queue.push(item)
    }

    await this.#run()
  }

  /** It is not sent after all. */
  forget(item: Item): void {
    const index = this.#queue.indexOf(item)
    if (index >= 0) this.#queue.splice(index, 1)
    if (item.sha256 && this.#chosen.get(item.sha256) === item) this.#chosen.delete(item.sha256)
  }

  async #run(): Promise<void> {
    if (this.#isRunning) return
    this.#isRunning = true

    try {
      while (this.#queue.length > 0) {
        const batch = await this.#hashSome()
        await this.#compare(batch)
        this.send(batch.filter(item => item.state === 'queued'))
      }
    } finally {
      this.#isRunning = false
      this.#worker?.terminate()
      this.#worker = undefined
    }
  }

  async #hashSome(): Promise<Item[]> {
    const batch: Item[] = []
    const until = performance.now() + batchTime

    while (this.#queue.length > 0 && batch.length < batchSize && (batch.length === 0 || performance.now() < until)) {
      const item = this.#queue.shift()!
      const hashed = await this.#hash(item.file!)

      if (hashed && 'isUnreadable' in hashed) this.items.change(item, { state: 'refused', reason: texts.unreadable })
      else batch.push(Object.assign(item, hashed))
    }

    return batch
  }

  /** Without TLS a browser has no hashes: then the api alone finds what it has already. */
  #hash(file: File): Promise<Hashed | undefined> {
    if (!isSecureContext) return Promise.resolve(undefined)

    const worker = this.#worker ??= new Worker(new URL('./hash.worker.ts', import.meta.url), { type: 'module' })
    return new Promise(resolve => {
      worker.onmessage = ({ data }: MessageEvent<Hashed>) => resolve(data)
      worker.onerror = () => resolve(undefined)
      worker.postMessage(file)
    })
  }

  async #compare(batch: Item[]): Promise<void> {
    const hashes = [...new Set(batch.map(item => item.sha256).filter(hash => hash !== undefined))]
    const known = hashes.length > 0 ? await this.#ask(hashes) : new Map<string, number>()

    for (const item of batch) {
      // It may have been cancelled meanwhile.
      if (item.state !== 'checking' || !this.items.get(item.key)) continue

      const photoId = item.sha256 && known.get(item.sha256)
      const twin = item.sha256 && this.#chosen.get(item.sha256)

      if (photoId) this.items.change(item, { state: 'known', photoId, reason: texts.known })
      else if (twin && twin !== item && twin.state !== 'refused') this.items.change(item, { state: 'known', reason: texts.twin })
      else {
        if (item.sha256) this.#chosen.set(item.sha256, item)
        this.items.change(item, { state: 'queued' })
      }
    }
  }

  /** @returns The newest photo with each content that the user has. */
  async #ask(hashes: string[]): Promise<Map<string, number>> {
    for (let pause = 1000; ; pause = Math.min(pause * 2, longestPause)) {
      try {
        const { results } = await read<Known>('/images/check', { method: 'POST', json: { user_id: this.userId, sha256: hashes } })
        return new Map(results.filter(result => result.stored).map(result => [result.sha256, result.image_ids.at(-1)!]))
      } catch (error) {
        if (error instanceof Refusal && error.status === 401) {
          sessionEnded()
          // Until the next sign-in, which loads the page anew.
          return new Promise(() => {})
        }

        await new Promise(resolve => setTimeout(resolve, pause))
      }
    }
  }
}

function refusalOf(file: File, limit: number): string | undefined {
  if (typeOf(file) === undefined) return texts.notAPhoto(kindOf(file))
  if (file.size === 0) return texts.empty
  return file.size > limit ? texts.tooLarge(file.size, limit) : undefined
}

const kindOf = (file: File): string => /\.([^.]+)$/.exec(file.name)?.[1]?.toUpperCase() ?? texts.noKind
