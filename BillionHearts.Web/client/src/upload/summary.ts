// How far all photos are: a bar, numbers, and what can be done with all of them.
import { texts } from '../texts/upload'
import { isUnsent, type Item } from './items'
import { Speedometer } from './speedometer'

export interface Status { isPaused: boolean; isAway: boolean }

/** Screen readers are told at this distance, in milliseconds, and at the end. */
const tellEvery = 15_000

export class Summary {
  readonly #root = document.querySelector<HTMLElement>('#summary')!
  readonly #title = this.#part('.summary-title')
  readonly #numbers = this.#part('.summary-numbers')
  readonly #away = this.#part('.summary-away')
  readonly #bar = this.#root.querySelector('progress')!
  readonly #pause = this.#part('.pause-all')
  readonly #resume = this.#part('.resume-all')
  readonly #cancel = this.#part('.cancel-all')
  readonly #spoken = document.querySelector<HTMLElement>('#spoken')!
  readonly #speed = new Speedometer()
  #toldAt = 0

  constructor(act: { pauseAll(): void; resumeAll(): void; cancelAll(): void }) {
    this.#pause.addEventListener('click', () => { act.pauseAll(); this.#resume.focus() })
    this.#resume.addEventListener('click', () => { act.resumeAll(); this.#pause.focus() })
    this.#cancel.addEventListener('click', () => { act.cancelAll(); document.querySelector<HTMLElement>('main')?.focus() })
  }

  /** @param items Those that were sent, are, or will be, since the page was opened. */
  show(items: Item[], status: Status): void {
    const unsent = items.filter(isUnsent).length
    const size = sum(items, item => item.size)
    const sent = sum(items, item => isUnsent(item) ? item.sent : item.size)
    const rate = unsent > 0 && !status.isPaused && !status.isAway ? this.#speed.at(sent) : 0
    const title = unsent > 0 ? texts.preparing(items.length - unsent, items.length) : texts.finished(items.length)

    this.#root.hidden = items.length === 0
    this.#root.classList.toggle('finished', unsent === 0)
    this.#bar.value = size > 0 ? sent / size : 1
    this.#title.textContent = status.isPaused && unsent > 0 ? `${texts.allPaused} · ${title}` : title
    this.#numbers.textContent = texts.left(sent, size, rate)
    this.#away.hidden = !status.isAway || unsent === 0
    this.#pause.hidden = unsent === 0 || status.isPaused
    this.#resume.hidden = unsent === 0 || !status.isPaused
    this.#cancel.hidden = unsent === 0
    if (items.length > 0) this.#tell(title, unsent === 0)
  }

  #tell(text: string, isEnd: boolean): void {
    if (this.#spoken.textContent === text || (!isEnd && performance.now() - this.#toldAt < tellEvery)) return
    this.#toldAt = performance.now()
    this.#spoken.textContent = text
  }

  #part(selector: string): HTMLElement {
    return this.#root.querySelector<HTMLElement>(selector)!
  }
}

const sum = (items: Item[], value: (item: Item) => number): number => items.reduce((total, item) => total + value(item), 0)
