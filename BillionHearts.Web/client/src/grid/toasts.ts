// Short messages at the lower edge, read out by screen readers. One with a button stays while the pointer or the focus is on it.
import { texts } from '../texts/photos'

/** Milliseconds that a message without a button is shown. */
const short = 6000

let region: HTMLElement | undefined

/** @returns What takes the message away. */
export function toast(text: string, action?: { label: string; run: () => void; for?: number }, ...links: HTMLElement[]): () => void {
  if (!region) {
    region = document.createElement('div')
    region.className = 'toasts'
    region.setAttribute('role', 'status')
    document.querySelector('main')!.append(region)
  }

  const element = document.createElement('div')
  element.className = 'toast'
  element.append(Object.assign(document.createElement('span'), { textContent: text }), ...links)

  const close = () => {
    clearTimeout(timer)
    element.remove()
  }

  if (action) {
    element.append(button(action.label, () => {
      close()
      action.run()
    }))
  } else if (links.length > 0) {
    element.append(button(texts.close, close))
  }

  const lifetime = action ? action.for : links.length > 0 ? undefined : short
  let timer = 0
  const wait = () => { if (lifetime !== undefined) timer = window.setTimeout(close, lifetime) }
  region.append(element)
  wait()

  return close
}

export function button(label: string, run: () => void, className = 'quiet'): HTMLButtonElement {
  const element = document.createElement('button')
  element.type = 'button'
  element.className = className
  element.textContent = label
  element.addEventListener('click', run)
  return element
}
