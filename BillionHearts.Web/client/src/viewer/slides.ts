// How a photo becomes a slide of PhotoSwipe.
import type { SlideData } from 'photoswipe'
import { address } from '../backend'
import type { Photo } from '../photo'
import { texts } from '../texts/viewer'

/** What every current browser shows. The others, such as HEIC, are shown as renditions only. */
const shownByBrowsers = new Set(['jpeg', 'png', 'webp', 'gif', 'avif'])

/** The longest side of the largest rendition, in pixels. */
const largest = 2048

/** Why there is no picture, in words. */
function message(text: string): SlideData {
  const box = document.createElement('p')
  box.className = 'viewer-message'
  box.textContent = text
  return { html: box.outerHTML }
}

export const loading = (): SlideData => message(texts.loading)

export function slideOf(photo: Photo): SlideData {
  const { preview, thumb } = photo.renditions

  if (!preview || !photo.url) {
    return message(photo.status === 'failed' ? `${texts.failed} ${photo.failure?.detail ?? ''}` : photo.status === 'pending' ? texts.pending : texts.awaited)
  }

  // Upright, and not as stored.
  const { width, height } = photo.analysis ?? photo
  const slide = { width, height, msrc: thumb?.url, alt: photo.original_filename, id: photo.id }

  // Of an animation only the original moves.
  if (photo.file_type === 'gif') return { ...slide, src: photo.url }

  return { ...slide, src: preview.url, srcset: sources(photo, width, height, preview.url, preview.width) }
}

/** From these the browser takes what is sharp at the current zoom. */
function sources(photo: Photo, width: number, height: number, preview: string, previewWidth: number): string {
  const found = [`${preview} ${previewWidth}w`]
  const hasOriginal = shownByBrowsers.has(photo.file_type)
  const scale = largest / Math.max(width, height)

  if (scale < 1 || !hasOriginal) {
    const large = Math.round(width * Math.min(1, scale))
    if (large > previewWidth) found.push(`${address(`/images/${photo.id}/renditions/${largest}x${largest}-fit.auto`)} ${large}w`)
  }

  if (hasOriginal && width > previewWidth) found.push(`${photo.url} ${width}w`)
  return found.join(', ')
}
