// The grid by keyboard: one photo has the focus, arrows move it, Space selects, Enter opens.
import type { Library } from './library'
import type { Selection } from './selection'
import type { GridView } from './view'

export class Keyboard {
  private isMoving = false

  constructor(
    private readonly view: GridView, private readonly selection: Selection,
    private readonly actions: { range: (to: number) => Promise<void>; remove: () => void; undo: () => void }) {
    view.root.addEventListener('keydown', event => this.key(event))
    view.root.addEventListener('focusin', event => {
      const id = (event.target as Element).closest<HTMLElement>('.tile')?.dataset.id
      if (id) this.activate(Number(id))
    })
    addEventListener('keydown', event => this.pageKey(event))
  }

  private get library(): Library { return this.view.library }

  /** The one tile that Tab reaches. */
  activate(id: number): void {
    const last = this.view.active === null ? undefined : this.view.tiles.get(this.view.active)
    if (last) last.link.tabIndex = -1

    this.view.active = id
    const tile = this.view.tiles.get(id)
    if (tile) tile.link.tabIndex = 0
  }

  /** After the photo with the focus has gone. */
  async keepFocus(index: number): Promise<void> {
    if (this.library.count > 0) await this.focus(Math.min(index, this.library.count - 1))
  }

  private key(event: KeyboardEvent): void {
    const id = Number((event.target as Element).closest<HTMLElement>('.tile')?.dataset.id)
    if (!id || event.altKey || event.ctrlKey || event.metaKey) return

    if (event.key === ' ') {
      event.preventDefault()
      if (event.shiftKey) void this.actions.range(id)
      else this.selection.toggle(id)
      return
    }

    if (!['ArrowLeft', 'ArrowRight', 'ArrowUp', 'ArrowDown', 'Home', 'End'].includes(event.key)) return

    event.preventDefault()
    if (!this.isMoving) void this.move(id, event.key, event.shiftKey)
  }

  private pageKey(event: KeyboardEvent): void {
    if ((event.target as Element).closest?.('input:not(.pick), select, textarea, dialog, .pswp')) return

    if (event.key === 'Escape' && this.selection.size > 0) this.selection.clear()
    else if (event.key === 'Delete' && this.selection.size > 0) this.actions.remove()
    else if (event.key === 'z' && (event.ctrlKey || event.metaKey)) this.actions.undo()
  }

  private async move(id: number, key: string, isRange: boolean): Promise<void> {
    this.isMoving = true

    try {
      const to = await this.targetOf(id, key)
      if (to === null) return

      if (isRange) this.selection.anchor ??= id
      const target = await this.focus(to)
      if (isRange && target !== undefined) await this.actions.range(target)
    } finally {
      this.isMoving = false
    }
  }

  private async targetOf(id: number, key: string): Promise<number | null> {
    const now = this.library.indexOf(id)
    if (now < 0) return null

    switch (key) {
      case 'ArrowLeft': return now > 0 ? now - 1 : null
      case 'ArrowRight': return now + 1 < this.library.count ? now + 1 : null
      case 'Home': return 0
      case 'End': return this.library.count - 1
      default: return await this.beside(id, now, key === 'ArrowDown' ? 1 : -1)
    }
  }

  /** The photo of the next row up or down whose middle is nearest. */
  private async beside(id: number, now: number, step: 1 | -1): Promise<number | null> {
    const { section } = this.library.find(id)!
    const own = section.shown.findIndex(photo => photo.id === id)
    const row = section.rowAt(own)!
    const box = this.view.boxOf(section, own)!
    const middle = box.left + box.width / 2
    const first = now - own + (step > 0 ? row.to : row.from - 1)

    if (await this.library.at(first).catch(() => undefined) === undefined) return null

    const neighbour = this.library.find((await this.library.at(first))!.id)!
    const place = neighbour.section.shown.indexOf(neighbour.photo)
    const other = neighbour.section.rowAt(place)!
    let [nearest, distance] = [place, Infinity]

    for (let index = other.from; index < other.to; index++) {
      const one = this.view.boxOf(neighbour.section, index)!
      const away = Math.abs(one.left + one.width / 2 - middle)
      if (away < distance) [nearest, distance] = [index, away]
    }

    return first - place + nearest
  }

  private async focus(index: number): Promise<number | undefined> {
    const photo = await this.library.at(index)
    if (!photo) return undefined

    const { section } = this.library.find(photo.id)!
    this.view.reveal(this.view.boxOf(section, section.shown.indexOf(photo))!)
    this.view.render()
    this.activate(photo.id)
    this.view.tiles.get(photo.id)?.link.focus({ preventScroll: true })
    return photo.id
  }
}
