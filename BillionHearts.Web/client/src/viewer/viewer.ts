// Photos one by one, over the page that they were chosen on: zoom, swipe, keys. Loaded when the first photo is opened.
import PhotoSwipe from 'photoswipe'
import 'photoswipe/style.css'
import '../styles/photo.css'
import '../styles/viewer.css'
import { read } from '../backend'
import type { Photo, PhotoSource } from '../photo'
import { texts } from '../texts/viewer'
import { enter } from './address'
import { addControls } from './controls'
import { createDetails } from './details'
import { viewerOptions } from './options'
import { loading, slideOf } from './slides'

/** Beside the photo there is room for the details from this width on, in pixels. */
const wide = 900
const detailsWidth = 384

/**
 * Shows the photos of a source, beginning with one of them. The address follows, and Back closes.
 * @returns When the viewer is closed. The focus is where it was.
 */
export async function openViewer(source: PhotoSource, id: number): Promise<void> {
  const start = source.indexOf(id)
  const first = start < 0 ? undefined : await source.at(start)

  if (!first) {
    location.assign(`/photos/${id}`)
    return
  }

  const photos = new Map<number, Photo>([[start, first]])
  const renewed = new Set<number>()

  const viewer = new PhotoSwipe({
    ...viewerOptions(),
    index: start,
    paddingFn: viewport => ({ top: 0, bottom: 0, left: 0, right: details.isOpen && viewport.x >= wide ? detailsWidth : 0 }),
  })
  const details = createDetails()
  const status = document.createElement('p')
  status.className = 'visually-hidden'
  status.setAttribute('role', 'status')

  viewer.addFilter('numItems', () => source.count)
  viewer.addFilter('itemData', (_, index) => {
    const photo = photos.get(index)
    if (photo) return slideOf(photo)
    void load(index)
    return loading()
  })
  viewer.addFilter('placeholderSrc', (src, content) => (content.data.msrc as string | undefined) ?? src)
  // Addresses of bytes are good for some minutes only; a page may be open for longer.
  viewer.on('loadError', ({ content }) => void renew(content.index))
  viewer.on('change', show)
  viewer.on('keydown', ({ originalEvent }) => {
    const { key, ctrlKey, metaKey, altKey, target } = originalEvent
    if (key === 'i' && !ctrlKey && !metaKey && !altKey && !(target instanceof HTMLInputElement)) details.toggle()
  })
  addControls(viewer, () => photos.get(viewer.currIndex), details)

  viewer.on('firstUpdate', () => {
    viewer.element!.setAttribute('aria-label', texts.viewer)
    viewer.element!.append(details.element, status)
    details.watch(() => viewer.updateSize(true))
  })

  const address = enter(id, () => viewer.close())
  const closed = new Promise<void>(resolve => viewer.on('destroy', () => {
    address.leave()
    resolve()
  }))

  viewer.init()
  await closed

  function show(): void {
    const photo = photos.get(viewer.currIndex)
    if (!photo) return
    address.show(photo.id, photo.original_filename)
    details.show(photo.id, photo.original_filename)
    status.textContent = texts.position(photo.original_filename, viewer.currIndex, source.count)
    void load(viewer.currIndex)
  }

  /** Takes what the source knows of a photo by now, such as that it is analysed. */
  async function load(index: number): Promise<void> {
    const photo = await source.at(index).catch(() => undefined)
    const known = photos.get(index)
    if (!photo || known === photo || known?.id === photo.id && known.status === photo.status && known.version === photo.version) return
    put(index, photo)
  }

  async function renew(index: number): Promise<void> {
    const photo = photos.get(index)
    if (!photo || renewed.has(photo.id)) return
    renewed.add(photo.id)
    const fresh = await read<Photo>(`/images/${photo.id}`).catch(() => undefined)
    if (fresh) put(index, fresh)
  }

  function put(index: number, photo: Photo): void {
    photos.set(index, photo)
    if (!viewer.isDestroying) viewer.refreshSlideContent(index)
  }
}
