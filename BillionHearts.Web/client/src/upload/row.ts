// One photo of the page: a row while something is to be done or said, a picture when it has arrived.
import { texts } from '../texts/upload'
import { bytes } from './format'
import { isUnsent, type Item, type State } from './items'

export type Action = 'pause' | 'resume' | 'cancel' | 'dismiss' | 'retry' | 'sendAnyway'

const actions: Record<State, readonly Action[]> = {
  checking: ['cancel'],
  queued: ['pause', 'cancel'],
  sending: ['pause', 'cancel'],
  paused: ['resume', 'cancel'],
  waiting: [],
  analyzed: [],
  known: ['sendAnyway', 'dismiss'],
  refused: ['retry', 'dismiss'],
  failed: ['dismiss'],
}

export class Row {
  readonly element = document.createElement('li')
  readonly #state: State
  #text: HTMLElement | undefined
  #bar: HTMLProgressElement | undefined
  #hasPicture = false

  constructor(readonly item: Item, act: (action: Action, item: Item) => void) {
    this.#state = item.state
    this.element.dataset.state = item.state
    if (item.state === 'analyzed') this.#buildTile()
    else this.#buildRow(act)
    this.update()
  }

  /** Whether the photo has changed so much that a new row is needed. */
  get isOutdated(): boolean {
    return this.item.state !== this.#state || (!this.#hasPicture && !!pictureOf(this.item))
  }

  update(): void {
    const { item } = this
    if (this.#bar) this.#bar.value = item.size > 0 ? item.sent / item.size : 0

    const text = textOf(item)
    if (this.#text && this.#text.textContent !== text) this.#text.textContent = text
  }

  #buildTile(): void {
    const link = this.#link()
    link.append(this.#picture(), element('span', 'upload-name', this.item.name))
    this.element.className = 'upload-tile'
    this.element.append(link)
  }

  #buildRow(act: (action: Action, item: Item) => void): void {
    const { item } = this
    const body = element('div', 'upload-body')
    const name = item.photoId === undefined ? element('span', 'upload-name', item.name) : this.#link('upload-name', item.name)
    this.#text = element('p', 'upload-text')
    body.append(name, this.#text)

    if (isUnsent(item)) {
      this.#bar = document.createElement('progress')
      this.#bar.max = 1
      this.#bar.setAttribute('aria-label', item.name)
      body.append(this.#bar)
    }

    const buttons = element('div', 'upload-actions')
    for (const action of actions[item.state]) {
      if (action === 'retry' && !item.canRetry) continue
      buttons.append(this.#button(action, act))
    }

    this.element.className = 'upload-row'
    this.element.append(this.#picture(), body, buttons)
  }

  #button(action: Action, act: (action: Action, item: Item) => void): HTMLButtonElement {
    const button = document.createElement('button')
    button.type = 'button'
    button.className = 'quiet small'
    button.textContent = texts[action]
    button.setAttribute('aria-label', texts.of(texts[action], this.item.name))
    button.addEventListener('click', () => act(action, this.item))
    return button
  }

  #link(className = '', text = ''): HTMLAnchorElement {
    const link = document.createElement('a')
    link.className = className
    link.href = `/photos/${this.item.photoId}`
    link.textContent = text
    return link
  }

  /** Without words: it stands beside its name. */
  #picture(): HTMLElement {
    const picture = pictureOf(this.item)
    const frame = element('span', 'upload-picture')
    if (this.item.photo?.analysis) frame.style.background = this.item.photo.analysis.dominant_color

    if (picture) {
      const image = document.createElement('img')
      image.loading = 'lazy'
      image.decoding = 'async'
      image.alt = ''
      image.src = picture
      frame.append(image)
      this.#hasPicture = true
    }

    return frame
  }
}

const pictureOf = (item: Item): string | undefined => item.photo?.renditions.thumb?.url

function textOf(item: Item): string {
  switch (item.state) {
    case 'checking': return texts.checking
    case 'queued': return `${bytes(item.size)} · ${texts.queued}`
    case 'sending': return item.sent >= item.size ? texts.storing : texts.sending(item.sent, item.size, item.speed)
    case 'paused': return texts.paused(item.sent, item.size)
    case 'waiting':
      return item.isRetried ? texts.retried : item.position ? texts.position(item.position, item.etaSeconds ?? null) : texts.waiting
    default: return item.reason ?? ''
  }
}

function element<Name extends 'div' | 'span' | 'p'>(tag: Name, className: string, text = ''): HTMLElementTagNameMap[Name] {
  const created = document.createElement(tag)
  created.className = className
  created.textContent = text
  return created
}
