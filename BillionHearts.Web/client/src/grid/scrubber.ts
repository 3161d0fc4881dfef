import { monthName, texts } from '../texts/photos'
import type { GridView } from './view'

/** Years closer than this, in pixels, are not both written. */
const apart = 22

/** The line at the right edge on which months are chosen: a slider, whose values are the months, newest first. */
export class Scrubber {
  private readonly element = document.createElement('div')
  private readonly years = document.createElement('div')
  private readonly handle = document.createElement('div')
  private readonly bubble = document.createElement('span')
  private timer = 0
  private isDragging = false

  constructor(private readonly view: GridView) {
    this.element.className = 'scrubber'
    this.years.className = 'years'
    this.years.setAttribute('aria-hidden', 'true')
    this.handle.className = 'handle'
    this.handle.tabIndex = 0
    this.bubble.className = 'bubble'

    for (const [name, value] of Object.entries({ role: 'slider', 'aria-label': texts.scrubber, 'aria-orientation': 'vertical', 'aria-valuemin': '1' })) {
      this.handle.setAttribute(name, value)
    }

    this.handle.append(this.bubble)
    this.element.append(this.years, this.handle)
    view.root.after(this.element)
    this.arrange()

    this.element.addEventListener('pointerdown', event => this.grab(event))
    this.element.addEventListener('pointermove', event => { if (this.isDragging) this.drag(event) })
    for (const end of ['pointerup', 'pointercancel', 'lostpointercapture']) this.element.addEventListener(end, () => this.release())
    this.handle.addEventListener('keydown', event => this.key(event))
    addEventListener('resize', () => this.arrange())
  }

  /** Writes the years anew: heights have changed. */
  arrange(): void {
    const { library } = this.view
    this.element.hidden = library.height < 2 * innerHeight || library.sections.length < 2
    if (this.element.hidden) return

    const track = this.track
    const labels: HTMLElement[] = []
    let last = -apart
    let year = ''

    for (const section of library.sections) {
      const at = section.top / this.range * track
      const own = section.month.slice(0, 4)
      if (own === year || section.height === 0 || at > track) continue

      year = own
      if (at - last < apart) continue

      const label = document.createElement('span')
      label.textContent = own
      label.style.top = `${at}px`
      labels.push(label)
      last = at
    }

    this.years.replaceChildren(...labels)
    this.handle.setAttribute('aria-valuemax', String(library.sections.length))
    this.update()
  }

  /** Follows the page. */
  update(): void {
    if (this.element.hidden) return

    const { library } = this.view
    const place = library.sectionAt(Math.max(0, this.view.y + 1))
    const section = library.sections[place]!
    const share = Math.min(1, Math.max(0, this.view.y / this.range))

    this.handle.style.transform = `translateY(${share * this.track}px)`
    this.bubble.textContent = monthName(section.month)
    this.handle.setAttribute('aria-valuenow', String(place + 1))
    this.handle.setAttribute('aria-valuetext', texts.months(monthName(section.month), section.count))
    // At the top it would cover the search before anybody has moved.
    if (scrollY > 0 || this.isDragging) this.element.classList.add('moving')
    clearTimeout(this.timer)
    this.timer = window.setTimeout(() => this.element.classList.toggle('moving', this.isDragging), 900)
  }

  private get range(): number { return Math.max(1, this.view.library.height - innerHeight / 2) }
  private get track(): number { return Math.max(1, this.element.clientHeight - this.handle.offsetHeight) }

  private grab(event: PointerEvent): void {
    if (event.button !== 0) return
    // A touch on the line beside the handle is meant for the photos below it.
    if (event.pointerType === 'touch' && !(event.target as Element).closest('.handle')) return

    event.preventDefault()
    this.element.setPointerCapture(event.pointerId)
    this.isDragging = true
    this.handle.focus({ preventScroll: true })
    this.drag(event)
  }

  private drag(event: PointerEvent): void {
    const { top } = this.element.getBoundingClientRect()
    const share = Math.min(1, Math.max(0, (event.clientY - top - this.handle.offsetHeight / 2) / this.track))
    this.view.scrollTo(share * this.range)
  }

  private release(): void {
    this.isDragging = false
    this.update()
  }

  private key(event: KeyboardEvent): void {
    const { sections } = this.view.library
    const now = Number(this.handle.getAttribute('aria-valuenow')) - 1
    const target = {
      ArrowDown: now + 1, ArrowRight: now + 1, ArrowUp: now - 1, ArrowLeft: now - 1, PageDown: now + 12, PageUp: now - 12, Home: 0, End: sections.length - 1,
    }[event.key]
    if (target === undefined) return

    event.preventDefault()
    const section = sections[Math.min(sections.length - 1, Math.max(0, target))]!
    this.view.scrollTo(section.top)
  }
}
