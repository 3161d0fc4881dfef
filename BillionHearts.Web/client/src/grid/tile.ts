import type { Photo } from '../photo'
import { texts } from '../texts/photos'
import { placehold, unplacehold } from './placeholder'
import { ratioOf } from './rows'

/** A photo in the grid: the same elements that Pages/Photos/PhotoTile.razor renders, and a box to select it. */
export class Tile {
  readonly element: HTMLLIElement
  readonly link: HTMLAnchorElement
  private readonly box: HTMLInputElement
  private photo: Photo

  /**
   * @param broken Told that the picture did not load: its address may be too old.
   * @param rendered The element, if the server has rendered it.
   */
  constructor(photo: Photo, private readonly broken: (id: number) => void, rendered?: HTMLLIElement) {
    this.photo = photo
    this.element = rendered ?? document.createElement('li')
    this.link = rendered?.querySelector('a') ?? document.createElement('a')
    this.box = document.createElement('input')
    this.box.type = 'checkbox'
    this.box.className = 'pick'
    this.box.tabIndex = -1
    this.box.setAttribute('aria-label', texts.select(photo.original_filename))
    this.link.tabIndex = -1

    if (!rendered) {
      this.element.className = 'tile'
      this.element.dataset.id = String(photo.id)
      this.link.href = `/photos/${photo.id}`
      this.element.append(this.link)
      this.fill()
    } else {
      const image = this.link.querySelector('img')
      if (image && !(image.complete && image.naturalWidth > 0)) this.watch(image)
    }

    this.element.append(this.box)
  }

  set isPicked(picked: boolean) {
    this.box.checked = picked
    this.element.classList.toggle('picked', picked)
  }

  place(left: number, top: number, height: number): void {
    const { style } = this.element
    style.left = `${left}px`
    style.top = `${top}px`
    style.width = `${ratioOf(this.photo) * height}px`
    style.height = `${height}px`
  }

  /** Shows what has become of the photo. */
  update(photo: Photo): void {
    if (photo === this.photo) return
    this.photo = photo
    this.fill()
    this.show()
  }

  /** Begins to load the picture. */
  show(): void {
    const thumb = this.photo.renditions.thumb
    const image = this.link.querySelector('img')
    if (!thumb || !image || image.hasAttribute('src')) return

    this.watch(image)
    image.src = thumb.url
  }

  remove(): void {
    unplacehold(this.element)
    // Otherwise it would go on loading for nobody.
    const image = this.link.querySelector('img')
    if (image && !image.complete) image.removeAttribute('src')
    this.element.remove()
  }

  /** Shows the placeholder until the picture has come. */
  private watch(image: HTMLImageElement): void {
    if (this.photo.analysis?.thumbhash) placehold(this.element, this.photo.analysis.thumbhash)
    image.addEventListener('load', () => unplacehold(this.element), { once: true })
    image.addEventListener('error', () => this.broken(this.photo.id), { once: true })
  }

  private fill(): void {
    const { analysis, renditions: { thumb }, original_filename: name, status, failure } = this.photo
    this.element.style.backgroundColor = analysis?.dominant_color ?? ''

    if (thumb) {
      const image = document.createElement('img')
      Object.assign(image, { width: thumb.width, height: thumb.height, alt: name, decoding: 'async', draggable: false })
      this.link.replaceChildren(image)
      if (analysis?.thumbhash) placehold(this.element, analysis.thumbhash)
    } else {
      this.link.replaceChildren(span('name', name))
    }

    const label = status === 'failed' ? texts.failed(failure?.reason) : status === 'analyzed' ? null : texts.states[status]
    if (label) this.link.append(span(`state ${status}`, label))
  }
}

function span(name: string, text: string): HTMLSpanElement {
  const element = document.createElement('span')
  element.className = name
  element.textContent = text
  return element
}
