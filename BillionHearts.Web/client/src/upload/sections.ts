// The lists of the page. Each shows its first photos and says how many more there are, so that thousands cost no more than a screenful.
import type { Item, State } from './items'
import { Row, type Action } from './row'
import { count } from './format'

interface Section { name: string; states: readonly State[]; shown: number; order(a: Item, b: Item): number }

const byChoice = (a: Item, b: Item): number => a.key - b.key
const rank: Partial<Record<State, number>> = { sending: 0, paused: 1, queued: 2, checking: 3 }

const sections: readonly Section[] = [
  { name: 'problems', states: ['refused', 'failed'], shown: 50, order: byChoice },
  { name: 'known', states: ['known'], shown: 12, order: byChoice },
  { name: 'sending', states: ['sending', 'paused', 'queued', 'checking'], shown: 24, order: (a, b) => rank[a.state]! - rank[b.state]! || byChoice(a, b) },
  { name: 'waiting', states: ['waiting'], shown: 12, order: byChoice },
  { name: 'done', states: ['analyzed'], shown: 60, order: (a, b) => b.done! - a.done! },
]

const moreAtOnce = 120

export class Sections {
  readonly #lists = sections.map(section => new List(section))
  readonly #rows = new WeakMap<Item, Row>()

  /** @param look Called with photos that are shown and whose picture is missing. */
  constructor(readonly act: (action: Action, item: Item) => void, readonly look: (item: Item) => void, changed: () => void) {
    for (const list of this.#lists) list.onMore(changed)
  }

  show(items: Iterable<Item>): void {
    const byState = new Map<State, Item[]>()
    for (const item of items) {
      const others = byState.get(item.state)
      if (others) others.push(item)
      else byState.set(item.state, [item])
    }

    for (const list of this.#lists) {
      const all = list.section.states.flatMap(state => byState.get(state) ?? []).sort(list.section.order)
      list.show(all, item => this.#rowOf(item))
    }
  }

  #rowOf(item: Item): HTMLElement {
    let row = this.#rows.get(item)

    if (!row || row.isOutdated) {
      row = new Row(item, this.act)
      this.#rows.set(item, row)
      if ((item.state === 'known' || item.state === 'analyzed') && !item.photo) this.look(item)
    } else {
      row.update()
    }

    return row.element
  }
}

class List {
  readonly #root: HTMLElement
  readonly #list: HTMLElement
  readonly #count: HTMLElement
  readonly #more: HTMLButtonElement
  #shown: number

  constructor(readonly section: Section) {
    this.#root = document.querySelector<HTMLElement>(`#${section.name}`)!
    this.#list = this.#root.querySelector('ul')!
    this.#count = this.#root.querySelector('.count')!
    this.#more = this.#root.querySelector('.more')!
    this.#shown = section.shown
  }

  onMore(changed: () => void): void {
    this.#more.addEventListener('click', () => {
      const next = this.#list.children.length
      this.#shown += moreAtOnce
      changed()
      this.#list.children[next]?.querySelector<HTMLElement>('a, button')?.focus()
    })
  }

  show(items: Item[], elementOf: (item: Item) => HTMLElement): void {
    const hadFocus = this.#list.contains(document.activeElement)
    const wanted = items.slice(0, this.#shown).map(elementOf)
    const stay = new Set(wanted)
    for (const child of [...this.#list.children]) if (!stay.has(child as HTMLElement)) child.remove()

    let at = this.#list.firstElementChild
    for (const element of wanted) {
      if (element === at) at = at.nextElementSibling
      else this.#list.insertBefore(element, at)
    }

    this.#root.hidden = items.length === 0
    this.#count.textContent = count(items.length)
    this.#more.hidden = items.length <= this.#shown
    // Whoever is here by keyboard stays here when the photo moves on.
    if (hadFocus && !this.#list.contains(document.activeElement)) {
      (this.#list.querySelector<HTMLElement>('button, a') ?? document.querySelector<HTMLElement>('main'))?.focus()
    }
  }
}
