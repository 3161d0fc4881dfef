// The panel beside the photo: the details of the photo's own page, as the server has made them.
import { texts } from '../texts/viewer'

export interface Details {
  readonly element: HTMLElement
  readonly isOpen: boolean
  toggle(): void
  /** Calls this at once, and whenever the panel is opened or closed. */
  watch(changed: (isOpen: boolean) => void): void
  /** Shows this photo's, if the panel is open. */
  show(id: number, name: string): void
}

const viewerKeys = new Set(['i', 'ArrowLeft', 'ArrowRight'])

/** Stays open from one photo, and one opening of the viewer, to the next. */
let isOpen = false

export function createDetails(): Details {
  const watchers: ((isOpen: boolean) => void)[] = []
  const element = document.createElement('aside')
  const heading = document.createElement('h2')
  const body = document.createElement('div')
  element.className = 'viewer-details'
  element.setAttribute('aria-label', texts.details)
  element.tabIndex = 0
  element.hidden = !isOpen
  heading.className = 'viewer-name'
  body.className = 'photo-details'
  element.append(heading, body)

  // Otherwise the viewer would take keys and the wheel for itself. In a field it gets none but Escape.
  element.addEventListener('wheel', event => event.stopPropagation(), { passive: true })
  element.addEventListener('keydown', event => {
    const isTyping = event.target instanceof Element && event.target.closest('input, textarea, select') !== null
    if (event.key !== 'Escape' && (isTyping || !viewerKeys.has(event.key))) event.stopPropagation()
  })

  let current = { id: 0, name: '' }
  let shown = 0
  let request = new AbortController()

  const load = async (): Promise<void> => {
    if (!isOpen || shown === current.id) return
    request.abort()
    request = new AbortController()
    const { id, name } = current
    shown = id
    heading.textContent = name
    element.setAttribute('aria-busy', 'true')

    try {
      const response = await fetch(`/photos/${id}`, { signal: request.signal })
      const page = new DOMParser().parseFromString(await response.text(), 'text/html')
      const details = page.getElementById('details')
      body.replaceChildren(...(details ? details.childNodes : [texts.detailsMissing]))
      element.scrollTop = 0
    } catch (error) {
      if (error instanceof DOMException && error.name === 'AbortError') return
      body.replaceChildren(texts.detailsMissing)
      shown = 0
    }

    element.removeAttribute('aria-busy')
  }

  return {
    element,
    get isOpen() { return isOpen },
    toggle() {
      isOpen = !isOpen
      element.hidden = !isOpen
      for (const changed of watchers) changed(isOpen)
      void load()
    },
    watch(changed) {
      watchers.push(changed)
      changed(isOpen)
    },
    show(id, name) {
      current = { id, name }
      void load()
    },
  }
}
