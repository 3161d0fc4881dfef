// What stays where it is on the screen while heights change above it.
import type { Library } from './library'
import type { Measures } from './rows'
import type { Section } from './section'

/** The first photo in view, so many pixels below the window's upper edge; or, where none is loaded, a share of a month's height. */
export type Anchor = { section: Section; id: number; offset: number } | { section: Section; share: number }

/** @returns Null above the grid: there nothing moves. */
export function findAnchor(library: Library, { head }: Measures, y: number, height: number): Anchor | null {
  if (y <= 0) return null

  const sections = library.within(y, y + height)

  for (const section of sections) {
    const above = section.top + head
    const row = section.rows[section.firstRowBelow(y - above)]
    const photo = row && above + row.top < y + height ? section.shown[row.from] : undefined
    if (row && photo) return { section, id: photo.id, offset: above + row.top - y }
  }

  const section = sections[0]
  return section ? { section, share: (y - section.top) / section.height } : null
}

/** Where the window's upper edge has to be in the grid now; null if the photo has gone. */
export function yOf(anchor: Anchor, { head }: Measures): number | null {
  const { section } = anchor
  if ('share' in anchor) return section.top + section.height * anchor.share

  const row = section.rowAt(section.shown.findIndex(photo => photo.id === anchor.id))
  return row ? section.top + head + row.top - anchor.offset : null
}
