// Blurred placeholders, decoded from 30 bytes a photo, between frames and only for photos that are still on their way.
import { thumbHashToDataURL } from 'thumbhash'

/** Milliseconds of decoding in one go. One takes about 0.3. */
const budget = 5
const mostKept = 1000

const decoded = new Map<string, string>()
const waiting = new Map<HTMLElement, string>()
let isScheduled = false

/** Puts the placeholder behind what `tile` shows, when there is time. */
export function placehold(tile: HTMLElement, thumbhash: string): void {
  waiting.set(tile, thumbhash)
  if (isScheduled) return

  isScheduled = true
  setTimeout(decodeSome)
}

/** Takes the placeholder away: a picture may be transparent. */
export function unplacehold(tile: HTMLElement): void {
  waiting.delete(tile)
  tile.style.backgroundImage = ''
}

function decodeSome(): void {
  const until = performance.now() + budget

  for (const [tile, hash] of waiting) {
    if (performance.now() > until) break
    waiting.delete(tile)
    tile.style.backgroundImage = `url(${dataUrlOf(hash)})`
  }

  isScheduled = waiting.size > 0
  if (isScheduled) setTimeout(decodeSome)
}

function dataUrlOf(hash: string): string {
  const known = decoded.get(hash)
  if (known !== undefined) return known

  const url = thumbHashToDataURL(Uint8Array.from(atob(hash), character => character.charCodeAt(0)))
  if (decoded.size >= mostKept) decoded.delete(decoded.keys().next().value!)
  decoded.set(hash, url)
  return url
}
