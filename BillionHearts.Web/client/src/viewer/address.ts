// The address bar follows the photo that is shown, and the browser's Back closes the viewer.

export interface Address {
  show(id: number, title: string): void
  /** The viewer was closed by other means than Back. */
  leave(): void
}

interface Mark { viewer: number }

const marked = (state: unknown): state is Mark => typeof state === 'object' && state !== null && 'viewer' in state

let isOpen = false

// Forward, to a photo that was shown before: its page is complete by itself.
addEventListener('popstate', event => {
  if (!isOpen && marked(event.state)) location.reload()
})

/** @param closed Called when the user goes back. */
export function enter(id: number, closed: () => void): Address {
  const title = document.title
  const brand = title.slice(title.lastIndexOf('·'))
  isOpen = true
  history.pushState({ viewer: id } satisfies Mark, '', `/photos/${id}`)

  const back = (): void => {
    finish()
    closed()
  }

  const finish = (): void => {
    removeEventListener('popstate', back)
    document.title = title
    isOpen = false
  }

  addEventListener('popstate', back)

  return {
    show(shown, name) {
      history.replaceState({ viewer: shown } satisfies Mark, '', `/photos/${shown}`)
      document.title = `${name} ${brand}`
    },
    leave() {
      if (!isOpen) return
      finish()
      if (marked(history.state)) history.back()
    },
  }
}
