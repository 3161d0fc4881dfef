import { texts } from '../texts/photos'
import type { Selection } from './selection'
import { button } from './toasts'

/** What can be done with the selected photos. Hidden while there are none. */
export function selectionBar(selection: Selection, actions: { download: () => void; remove: () => void }): { update: () => void } {
  const bar = document.createElement('div')
  bar.className = 'selection-bar'
  bar.setAttribute('role', 'region')
  bar.setAttribute('aria-label', texts.selection)
  bar.hidden = true

  const count = document.createElement('span')
  count.setAttribute('role', 'status')
  bar.append(
    count,
    button(texts.download, actions.download),
    button(texts.remove, actions.remove, 'danger'),
    button(texts.clear, () => selection.clear()))
  document.querySelector('main')!.append(bar)

  return {
    update() {
      bar.hidden = selection.size === 0
      count.textContent = selection.size === 0 ? '' : texts.selected(selection.size)
    },
  }
}
