import type { Measures } from './rows'

/** Reads the lengths of styles/photos.css, which are in rem. */
export function measure(root: HTMLElement): Measures {
  const style = getComputedStyle(root)
  const unit = parseFloat(getComputedStyle(document.documentElement).fontSize)
  const pixels = (name: string) => parseFloat(style.getPropertyValue(name)) * unit

  return { width: root.clientWidth, row: pixels('--row'), gap: pixels('--between'), head: pixels('--month-head') }
}
