import { texts } from '../texts/photos'
import { Deletions } from './deletions'
import { download } from './download'
import { Keyboard } from './keyboard'
import { Library, type LibraryData } from './library'
import { follow } from './live'
import { followPointer } from './pointer'
import { Scrubber } from './scrubber'
import { mostSelected, Selection } from './selection'
import { selectionBar } from './selectionBar'
import { toast } from './toasts'
import { GridView } from './view'

/** Takes the page over from the server. */
export function startGrid(root: HTMLElement, data: LibraryData): void {
  const library = new Library(data)
  const selection = new Selection()
  const view = new GridView(root, library)
  const deletions = new Deletions(library, selection)
  const scrubber = new Scrubber(view)

  let close = () => {}
  const fail = (error: unknown) => {
    close()
    close = toast(error instanceof Error ? error.message : String(error))
  }
  const remove = () => {
    const at = view.active === null ? -1 : library.indexOf(view.active)
    const ids = selection.ids
    deletions.delete(ids)
    if (at >= 0 && ids.includes(view.active!)) keyboard.keepFocus(at).catch(fail)
  }
  const bar = selectionBar(selection, { download: () => download(library, selection.ids), remove })

  const range = async (to: number) => {
    const until = library.indexOf(to)
    const anchor = selection.anchor === null ? -1 : library.indexOf(selection.anchor)
    const from = anchor < 0 ? until : anchor
    const [first, last] = [Math.min(from, until), Math.max(from, until)]
    if (isTooMany(last - first + 1)) return

    try {
      selection.add(await library.range(first, last))
    } catch (error) {
      fail(error)
    }
  }
  const month = async (name: string) => {
    const section = library.sections.find(one => one.month === name)!
    if (isTooMany(selection.size + section.count)) return

    try {
      selection.toggleAll(await library.all(section))
    } catch (error) {
      fail(error)
    }
  }
  const isTooMany = (count: number) => {
    if (count > mostSelected) toast(texts.tooMany(count, mostSelected))
    return count > mostSelected
  }
  const open = (id: number) => {
    const follow = () => location.assign(`/photos/${id}`)
    import('../viewer/viewer').then(({ openViewer }) => openViewer(library, id)).catch(follow)
  }

  const keyboard = new Keyboard(view, selection, { range, remove, undo: () => deletions.undoLast() })
  followPointer(view, selection, { range, open, month: name => void month(name) })

  selection.onchange = () => {
    root.classList.toggle('selecting', selection.size > 0)
    for (const [id, tile] of view.tiles) tile.isPicked = selection.has(id)
    bar.update()
  }
  view.ontile = (photo, tile) => {
    tile.isPicked = selection.has(photo.id)
    if (photo.id === view.active) tile.link.tabIndex = 0
  }
  view.onscroll = () => scrubber.update()
  const count = document.getElementById('count')
  view.onarrange = () => {
    scrubber.arrange()
    if (count) count.textContent = texts.count(library.count, data.query !== '')
  }
  view.onerror = fail

  const first = library.sections.find(section => section.shown.length > 0)?.shown[0]
  if (first) keyboard.activate(first.id)

  // The stream can wait for the pictures.
  const listen = () => void follow(library, data.made_at)
  if ('requestIdleCallback' in window) requestIdleCallback(listen, { timeout: 3000 })
  else setTimeout(listen, 1500)
}
