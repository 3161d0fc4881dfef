import { monthName, texts } from '../texts/photos'
import type { Section } from './section'

/** A month on the page: its heading, and the list of its tiles. As Pages/Photos/MonthSection.razor renders it. */
export class SectionView {
  readonly element: HTMLElement
  readonly list: HTMLElement
  readonly pick: HTMLButtonElement

  constructor(readonly month: string, rendered?: HTMLElement) {
    this.element = rendered ?? document.createElement('section')
    this.list = rendered?.querySelector('ul') ?? document.createElement('ul')
    this.pick = document.createElement('button')
    this.pick.type = 'button'
    this.pick.className = 'pick-month'
    this.pick.textContent = texts.selectMonth
    this.pick.setAttribute('aria-label', texts.selectMonthOf(monthName(month)))

    if (!rendered) {
      const heading = document.createElement('h2')
      heading.id = `month-${month}`
      heading.textContent = monthName(month)
      this.element.className = 'month'
      this.element.dataset.month = month
      this.element.setAttribute('aria-labelledby', heading.id)
      this.list.className = 'tiles'
      // Safari takes a list without bullets for no list.
      this.list.setAttribute('role', 'list')
      this.element.append(heading, this.list)
    }

    this.element.querySelector('h2')!.after(this.pick)
  }

  place(section: Section): void {
    this.element.style.top = `${section.top}px`
    this.element.style.height = `${section.height}px`
    this.list.style.setProperty('--loaded', `${section.rowsHeight}px`)
    this.list.setAttribute('aria-busy', String(!section.isComplete))
  }

  remove(): void { this.element.remove() }
}
