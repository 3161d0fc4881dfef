// Sends photos: Uppy with the tus protocol, a few at a time. What has arrived stays, whatever happens to the page, the network or the api.
import Uppy, { type Body, type Meta, type UppyFile } from '@uppy/core'
import GoldenRetriever, { type GoldenRetrieverOptions } from '@uppy/golden-retriever'
import Tus, { type TusDetailedError } from '@uppy/tus'
import { address, scriptHeaders } from '../backend'
import { sessionEnded } from '../session'
import { texts } from '../texts/upload'
import { isUnsent, type Item, type Items } from './items'
import { Speedometer } from './speedometer'
import { typeOf } from './types'

interface PhotoMeta extends Meta { user_id: string; filename: string; filetype: string; relativePath: string; key: number }
interface TusAnswer extends Body { xhr: XMLHttpRequest }
type PhotoFile = UppyFile<PhotoMeta, TusAnswer>

/** A browser has six connections to a host: the event stream takes one, and pictures and questions need some. */
const atOnce = 3
/** Stays below what gateways allow for a body. */
const chunkBytes = 16 * 1024 * 1024
/** Up to 15 s apart, for hours: an outage ends no upload. */
const retryDelays = Array.from({ length: 1000 }, (_, attempt) => Math.min(500 * 2 ** attempt, 15_000))
/** An error of the service itself is not tried for hours. */
const attemptsAfterError = 5
/** What the browser keeps for a reload, of each file and of all. Beyond it the user has to choose a file again, and it continues all the same. */
const kept = { name: 'uploads', maxFileSize: 100 * 1024 * 1024, maxTotalSize: 512 * 1024 * 1024 }

/** What goes wrong is shown to the user. */
const silent = { debug() {}, warn() {}, error() {} }

export class Sender {
  readonly #uppy: Uppy<PhotoMeta, TusAnswer>
  readonly #speeds = new Map<Item, Speedometer>()
  readonly #pausedKey: string
  #held: Item[] = []
  #isAway = false
  /** The session has ended. After the next sign-in all goes on by itself. */
  #isOver = false

  constructor(readonly items: Items, readonly userId: number, readonly stored: (item: Item) => void) {
    this.#pausedKey = `uploads-paused-${userId}`
    this.#uppy = new Uppy<PhotoMeta, TusAnswer>({ id: `photos-${userId}`, autoProceed: true, logger: silent })
      .use(Tus, {
        endpoint: new URL(address('/uploads'), location.href).href,
        headers: { ...scriptHeaders },
        allowedMetaFields: ['user_id', 'filename', 'filetype'],
        limit: atOnce,
        chunkSize: chunkBytes,
        retryDelays,
        removeFingerprintOnSuccess: true,
        onShouldRetry: (error, attempt) => this.#shouldRetry(error, attempt),
      })
      .on('file-added', file => this.#change(file, { fileId: file.id }))
      .on('restriction-failed', (file, error) => this.#change(file, { state: 'refused', reason: error.message }))
      .on('upload-progress', (file, progress) => this.#progressed(file, progress.bytesUploaded || 0))
      .on('upload-success', (file, response) => this.#succeeded(file, response.body?.xhr))
      .on('upload-error', (file, _, response) => this.#failed(file, response?.status ?? 0, response?.body?.xhr))
      .on('restored', () => this.#restored())
  }

  /** Whether all wait for the user. It is remembered for a reload. */
  get isPaused(): boolean {
    return this.#isOver || sessionStorage.getItem(this.#pausedKey) !== null
  }

  set isPaused(value: boolean) {
    if (value) sessionStorage.setItem(this.#pausedKey, '1')
    else sessionStorage.removeItem(this.#pausedKey)
  }

  /** Whether the last attempt found nobody. */
  get isAway(): boolean {
    return this.#isAway
  }

  /** Continues what an earlier page of this browser could not finish, unless another tab is at it. */
  async continueEarlier(): Promise<void> {
    if (await own(`photos-${this.userId}`)) {
      this.#uppy.use(GoldenRetriever, { indexedDB: kept as GoldenRetrieverOptions['indexedDB'] })
    }
  }

  send(items: Item[]): void {
    if (this.isPaused) {
      for (const item of items) this.items.change(item, { state: 'paused' })
      this.#held.push(...items)
      return
    }

    this.#uppy.addFiles(items.map(item => {
      const file = item.file!
      const relativePath = file.webkitRelativePath || (file as { relativePath?: string }).relativePath || ''
      const type = typeOf(file) ?? ''

      return {
        name: file.name, type, data: file,
        meta: { user_id: String(this.userId), filename: file.name, filetype: type, relativePath, key: item.key } as PhotoMeta,
      }
    }))
  }

  pause(item: Item): void {
    if (!item.fileId || item.state === 'paused') return
    this.#uppy.pauseResume(item.fileId)
    this.items.change(item, { state: 'paused', speed: 0 })
  }

  resume(item: Item): void {
    if (this.isPaused) return this.resumeAll()
    if (!item.fileId || item.state !== 'paused') return
    this.#uppy.pauseResume(item.fileId)
    this.items.change(item, { state: 'queued' })
  }

  pauseAll(): void {
    this.isPaused = true
    this.#stopAll()
  }

  #stopAll(): void {
    this.#uppy.pauseAll()
    for (const item of this.items.all) if (item.state === 'queued' || item.state === 'sending') this.items.change(item, { state: 'paused', speed: 0 })
  }

  resumeAll(): void {
    this.isPaused = this.#isOver = false
    for (const item of this.items.all) if (item.state === 'paused') this.items.change(item, { state: 'queued' })
    this.#uppy.resumeAll()
    // Those of an earlier page, which were paused there.
    if (this.#uppy.getFiles().some(file => !file.progress.uploadStarted)) void this.#uppy.upload()
    this.send(this.#held.splice(0))
  }

  /** What has arrived of it is removed. */
  cancel(item: Item): void {
    this.#held = this.#held.filter(held => held !== item)
    if (item.fileId) this.#uppy.removeFile(item.fileId)
    this.items.remove(item)
  }

  cancelAll(): void {
    this.#held = []
    this.isPaused = false
    this.#uppy.cancelAll()
    for (const item of [...this.items.all].filter(isUnsent)) this.items.remove(item)
  }

  #itemOf(file: PhotoFile | undefined): Item | undefined {
    return file && this.items.get(file.meta.key)
  }

  #change(file: PhotoFile | undefined, change: Partial<Item>): void {
    const item = this.#itemOf(file)
    if (item) this.items.change(item, change)
  }

  #progressed(file: PhotoFile | undefined, sent: number): void {
    const item = this.#itemOf(file)
    // The last events of a request that was stopped arrive after that.
    if (!item || item.state === 'paused') return

    let speed = this.#speeds.get(item)
    if (!speed) this.#speeds.set(item, speed = new Speedometer())
    if (sent > item.sent) this.#isAway = false
    this.items.change(item, { state: 'sending', sent, speed: speed.at(sent) })
  }

  #succeeded(file: PhotoFile | undefined, xhr: XMLHttpRequest | undefined): void {
    const item = this.#itemOf(file)
    const photoId = Number(/\/images\/(\d+)$/.exec(xhr?.getResponseHeader('Content-Location') ?? '')?.[1])
    this.#isAway = false
    this.#release(file, item)
    if (!item || !photoId) return

    this.items.change(item, { state: 'waiting', sent: item.size, photoId })
    this.stored(item)
  }

  #failed(file: PhotoFile | undefined, status: number, xhr: XMLHttpRequest | undefined): void {
    const item = this.#itemOf(file)
    if (!file || !item) return

    if (status === 401) {
      // It stays, and continues after the next sign-in.
      this.#uppy.setFileState(file.id, { error: null })
      this.#isOver = true
      this.#stopAll()
      return
    }

    this.#release(file, item, isFinal(status) ? undefined : item.file)
    this.items.change(item, { state: 'refused', reason: problemOf(xhr?.responseText).detail ?? texts.lost, canRetry: !isFinal(status), sent: 0 })
  }

  /** Uppy would send it again with the next files, and keeps a copy. */
  #release(file: PhotoFile | undefined, item: Item | undefined, keep?: File): void {
    if (item) {
      this.#speeds.delete(item)
      this.items.change(item, { fileId: undefined, file: keep, speed: 0 })
    }
    // Not before all that listen to the event have had it.
    if (file) setTimeout(() => this.#uppy.removeFile(file.id))
  }

  #restored(): void {
    const files = this.#uppy.getFiles().filter(file => !file.progress.uploadComplete)
    const complete = files.filter(file => file.data && !file.isGhost)
    const state = this.isPaused ? 'paused' : 'queued'

    for (const file of files.filter(file => !complete.includes(file))) {
      this.items.add({ name: file.name!, size: file.size ?? 0, state: 'refused', reason: texts.chooseAgain })
    }

    // All begin anew, each at the address that it has already: whatever was going on in the earlier page is over.
    this.#uppy.setState({
      currentUploads: {},
      recoveredState: null,
      files: Object.fromEntries(complete.map(file => {
        const item = this.items.add({
          name: file.name!, size: file.size ?? 0, state, file: file.data as File, fileId: file.id, sent: file.progress.bytesUploaded || 0,
        })
        return [file.id, { ...file, isPaused: false, error: null, meta: { ...file.meta, key: item.key }, progress: { ...file.progress, uploadStarted: null } }]
      })) as Record<string, PhotoFile>,
    })

    if (complete.length > 0 && !this.isPaused) void this.#uppy.upload()
  }

  /** Decides after an answer other than success, or none (0). */
  #shouldRetry(error: TusDetailedError, attempt: number): boolean {
    const status = error.originalResponse?.getStatus() ?? 0

    if (status === 401) {
      sessionEnded()
      return false
    }

    if (status === 429) return !isLimit(problemOf(error.originalResponse?.getBody()).type)
    if (status === 500) return attempt < attemptsAfterError
    if (status !== 0 && status < 500) return [408, 409, 423, 460].includes(status)

    this.#isAway = true
    this.items.changed()
    return true
  }
}

/** Refusals of the photo itself. */
const isFinal = (status: number): boolean => status === 413 || status === 415 || status === 422

/** Waiting does not help. */
const isLimit = (type: string | undefined): boolean => /(quota-exceeded|too-many-uploads)$/.test(type ?? '')

function problemOf(body: string | undefined): { type?: string; detail?: string } {
  try {
    return JSON.parse(body ?? '') as { type?: string; detail?: string }
  } catch {
    return {}
  }
}

/** Only one tab may continue earlier uploads. The one that reloads gives its lock back a moment after the new page begins. */
function own(name: string): Promise<boolean> {
  if (!navigator.locks) return Promise.resolve(true)

  return new Promise(resolve => {
    navigator.locks.request(name, { signal: AbortSignal.timeout(1000) }, () => {
      resolve(true)
      return new Promise<never>(() => {})
    }).catch(() => resolve(false))
  })
}
