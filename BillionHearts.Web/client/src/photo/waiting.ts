// A photo that is not analysed yet: the page shows by itself what becomes of it.
import { read, Refusal } from '../backend'
import type { Photo } from '../photo'
import { texts } from '../texts/viewer'

/** After a refusal, in milliseconds. */
const pause = 5_000

/** Asks with a call that the api holds until the analysis has ended, for half a minute at most: cheaper than a stream of all of the user's events. */
export async function followAnalysis(): Promise<void> {
  const article = document.querySelector<HTMLElement>('article[data-status=pending]')
  if (!article) return
  const id = article.dataset.photo

  while (true) {
    try {
      const photo = await read<Photo>(`/images/${id}?wait=analysis`)
      await refresh(article)
      if (photo.status !== 'pending') break
    } catch (error) {
      if (!(error instanceof Refusal) || error.status === 401 || error.status === 404) return
      await new Promise(resolve => setTimeout(resolve, pause))
    }
  }

  const status = document.createElement('p')
  status.className = 'visually-hidden'
  status.setAttribute('role', 'status')
  article.after(status)
  // A live region has to be there before its text is.
  requestAnimationFrame(() => { status.textContent = texts.ready })
}

/** Replaces the article by that of the page as it is now, unless somebody is about to fill in a form there. */
async function refresh(article: HTMLElement): Promise<void> {
  if (article.querySelector('details[open]')) return
  const response = await fetch(location.href)
  if (!response.ok) return
  const page = new DOMParser().parseFromString(await response.text(), 'text/html')
  const fresh = page.querySelector<HTMLElement>('article[data-photo]')
  if (!fresh) return
  article.dataset.status = fresh.dataset.status
  article.replaceChildren(...fresh.childNodes)
}
