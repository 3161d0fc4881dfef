// Follows what changes by itself: asks for the page again and takes the parts that have the attribute data-live from it, while one of them has data-live-on.
// Without this script the page is as it was when it was loaded.
import { showTimes } from './times'

const period = 2_000
const slowPeriod = 15_000

const parts = (root: ParentNode): HTMLElement[] => [...root.querySelectorAll<HTMLElement>('[data-live]')]
const isOn = (root: ParentNode): boolean => root.querySelector('[data-live-on]') !== null

/** Each part as the server last sent it: what a script changed since, such as a time's zone, is no difference. */
const served = new Map(parts(document).map(part => [part.dataset['live'], part.innerHTML]))

export function follow(): void {
  if (isOn(document)) setTimeout(() => void step(), period)
}

async function step(): Promise<void> {
  let next = period

  if (document.hidden) {
    // Nobody looks.
  } else if (!await refresh()) {
    next = slowPeriod
  }

  if (isOn(document)) setTimeout(() => void step(), next)
}

async function refresh(): Promise<boolean> {
  try {
    const response = await fetch(location.href, { headers: { Accept: 'text/html' } })
    // A redirection leads to another page, such as to the sign-in.
    if (!response.ok || response.redirected) return false

    const page = new DOMParser().parseFromString(await response.text(), 'text/html')
    for (const part of parts(page)) take(part)
    return true
  } catch {
    return false
  }
}

function take(part: HTMLElement): void {
  const name = part.dataset['live']
  const here = parts(document).find(one => one.dataset['live'] === name)
  if (here === undefined) return

  const isSame = served.get(name) === part.innerHTML
  // Whoever is about to press a button there keeps it, until later.
  if (!isSame && here.querySelector(':focus, details[open]') !== null) return

  here.toggleAttribute('data-live-on', part.hasAttribute('data-live-on'))
  if (isSame) return

  served.set(name, part.innerHTML)
  here.replaceChildren(...document.importNode(part, true).childNodes)
  showTimes(here)
}
