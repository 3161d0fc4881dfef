import type { Photo } from '../photo'

/** More would make a very long address, and a very long wait. */
export const mostSelected = 5000

/** The photos that are selected, also those whose tiles are not on the page. */
export class Selection {
  /** Where a range begins: the photo that was chosen last. */
  anchor: number | null = null
  onchange: () => void = () => {}

  private readonly photos = new Set<number>()

  get size(): number { return this.photos.size }
  get ids(): number[] { return [...this.photos] }

  has(id: number): boolean { return this.photos.has(id) }

  set(id: number, isSelected: boolean): void {
    if (isSelected) this.photos.add(id)
    else this.photos.delete(id)

    this.anchor = id
    this.onchange()
  }

  toggle(id: number): void { this.set(id, !this.has(id)) }

  add(photos: readonly Photo[]): void {
    for (const photo of photos) this.photos.add(photo.id)
    this.onchange()
  }

  /** Selects a month, or nothing of it if all of it is selected. */
  toggleAll(photos: readonly Photo[]): void {
    const all = photos.every(photo => this.photos.has(photo.id))

    for (const photo of photos) {
      if (all) this.photos.delete(photo.id)
      else this.photos.add(photo.id)
    }

    this.onchange()
  }

  drop(ids: Iterable<number>): void {
    for (const id of ids) this.photos.delete(id)
    if (this.size === 0) this.anchor = null
    this.onchange()
  }

  clear(): void {
    this.photos.clear()
    this.anchor = null
    this.onchange()
  }
}
