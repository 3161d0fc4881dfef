// The page /upload.
import '../styles/upload.css'
import { address, scriptHeaders } from '../backend'
import { acceptFiles } from '../upload/chooser'
import { Following } from '../upload/following'
import { Intake } from '../upload/intake'
import { isUnsent, Items, type Item } from '../upload/items'
import { Recent } from '../upload/recent'
import type { Action } from '../upload/row'
import { Sections } from '../upload/sections'
import { Sender } from '../upload/sender'
import { Summary } from '../upload/summary'
import { isHidden } from '../upload/types'
import { texts } from '../texts/upload'

/** The api's default, if it cannot be asked. */
const defaultLimit = 100 * 1024 * 1024
const showEvery = 150

const zone = document.querySelector<HTMLElement>('#choose')!
const note = document.querySelector<HTMLElement>('#note')!
const userId = Number(zone.dataset.userId)

const items = new Items()
const following = new Following(items, userId)
const sender = new Sender(items, userId, item => following.follow(item))
const intake = new Intake(items, userId, askLimit(), checked => { if (checked.length > 0) sender.send(checked) })
const earlier = new Recent(items, userId).restore()
const sections = new Sections(act, item => following.look(item), show)
const summary = new Summary({
  pauseAll: () => sender.pauseAll(),
  resumeAll: () => sender.resumeAll(),
  cancelAll: () => {
    for (const item of items.all) intake.forget(item)
    sender.cancelAll()
  },
})

let timer = 0
items.onChange(() => { timer ||= setTimeout(show, showEvery) })
// Whoever leaves now would lose what has not been checked: only checked files are kept for the next page.
addEventListener('beforeunload', event => { if (intake.isRunning) event.preventDefault() })
acceptFiles(zone, take)
document.querySelector('#send-known')!.addEventListener('click', () => sendAnyway([...items.all].filter(item => item.state === 'known')))
document.querySelector('#clear-done')!.addEventListener('click', () => {
  for (const item of [...items.all].filter(item => item.state === 'analyzed')) items.remove(item)
  show()
  document.querySelector<HTMLElement>('main')?.focus()
})
void sender.continueEarlier()
void following.recall(earlier)

function take(files: File[]): void {
  const photos = files.filter(file => !isHidden(file))
  const hidden = files.length - photos.length
  note.textContent = hidden > 0 ? texts.ignored(hidden) : ''
  // A pause is of what was there.
  if (![...items.all].some(isUnsent)) sender.isPaused = false
  void intake.take(photos)
}

function act(action: Action, item: Item): void {
  switch (action) {
    case 'pause': return sender.pause(item)
    case 'resume': return sender.resume(item)
    case 'cancel':
      intake.forget(item)
      return sender.cancel(item)
    case 'dismiss':
      intake.forget(item)
      return items.remove(item)
    case 'retry':
    case 'sendAnyway': return sendAnyway([item])
  }
}

function sendAnyway(chosen: Item[]): void {
  for (const item of chosen) items.change(item, { state: 'queued', photoId: undefined, photo: undefined, reason: undefined })
  sender.send(chosen)
}

function show(): void {
  clearTimeout(timer)
  timer = 0
  const all = [...items.all]
  const sent = all.filter(item => isUnsent(item) || (!earlier.includes(item) && item.state !== 'known' && item.state !== 'refused'))
  document.body.classList.toggle('has-uploads', all.length > 0)
  sections.show(all)
  summary.show(sent, { isPaused: sender.isPaused, isAway: sender.isAway })
}

async function askLimit(): Promise<number> {
  try {
    const response = await fetch(address('/uploads'), { method: 'OPTIONS', headers: scriptHeaders })
    return Number(response.headers.get('Tus-Max-Size')) || defaultLimit
  } catch {
    return defaultLimit
  }
}
