// The grid by mouse and touch: a click opens, or selects while something is selected; Shift selects up to there; so does a long press on a touch screen begin.
import type { Selection } from './selection'
import type { GridView } from './view'

/** Milliseconds, and pixels that a finger may move meanwhile. */
const longPress = 450
const still = 10

export function followPointer(view: GridView, selection: Selection, actions: { range: (to: number) => Promise<void>; open: (id: number) => void; month: (month: string) => void }): void {
  let press: { id: number; x: number; y: number; timer: number } | null = null
  /** The click that ends a long press does not count. */
  let isPressed = false

  const idOf = (event: Event) => Number((event.target as Element).closest<HTMLElement>('.tile')?.dataset.id)
  const forget = () => {
    if (press) clearTimeout(press.timer)
    press = null
  }

  view.root.addEventListener('pointerdown', event => {
    const id = idOf(event)
    isPressed = false
    forget()
    if (event.pointerType !== 'touch' || !id) return

    press = { id, x: event.clientX, y: event.clientY, timer: window.setTimeout(() => {
      isPressed = true
      selection.toggle(id)
      navigator.vibrate?.(10)
    }, longPress) }
  })
  view.root.addEventListener('pointermove', event => {
    if (press && Math.hypot(event.clientX - press.x, event.clientY - press.y) > still) forget()
  })
  for (const end of ['pointerup', 'pointercancel'] as const) view.root.addEventListener(end, forget)
  // The browser's own menu of a long press on a link.
  view.root.addEventListener('contextmenu', event => { if (press || isPressed) event.preventDefault() })

  view.root.addEventListener('click', event => {
    const target = event.target as Element
    const month = target.closest('.pick-month')?.closest<HTMLElement>('.month')?.dataset.month
    if (month) return actions.month(month)

    const id = idOf(event)
    if (!id) return

    if (isPressed) {
      isPressed = false
      event.preventDefault()
    } else if (target instanceof HTMLInputElement) {
      if (event.shiftKey && selection.anchor !== null) void actions.range(id)
      else selection.set(id, target.checked)
    } else if (target.closest('a') && !event.ctrlKey && !event.metaKey && !event.altKey) {
      event.preventDefault()
      if (event.shiftKey) void actions.range(id)
      else if (selection.size > 0) selection.toggle(id)
      else actions.open(id)
    }
  })
}
