// Texts of the grid.
const months = new Intl.DateTimeFormat('en-GB', { month: 'long', year: 'numeric', timeZone: 'UTC' })
const number = new Intl.NumberFormat('en-GB')

const photos = (count: number): string => count === 1 ? '1 photo' : `${number.format(count)} photos`

/** Such as "November 2026", of "2026-11". */
export const monthName = (month: string): string => months.format(new Date(`${month}-01T00:00:00Z`))

export const texts = {
  count: (count: number, isFiltered: boolean) => number.format(count) + (isFiltered ? count === 1 ? ' matches' : ' match' : ''),
  select: (name: string) => `Select ${name}`,
  selectMonth: 'Select all',
  selectMonthOf: (month: string) => `Select all photos of ${month}`,
  states: { awaiting_content: 'Not uploaded yet', pending: 'Being analysed…' } as const,
  failed: (reason: string | undefined) => reason ? `Failed: ${reason.replaceAll('_', ' ')}` : 'Failed',
  scrubber: 'Month',
  months: (month: string, count: number) => `${month}, ${photos(count)}`,

  selection: 'Selected photos',
  selected: (count: number) => `${photos(count)} selected`,
  selecting: 'Selecting…',
  tooMany: (count: number, limit: number) => `At most ${number.format(limit)} photos can be selected at once; this would be ${number.format(count)}.`,
  download: 'Download',
  remove: 'Delete',
  clear: 'Clear',

  deleted: (count: number) => `${photos(count)} deleted`,
  undo: 'Undo',
  restored: (count: number) => `${photos(count)} brought back`,
  notDeleted: (count: number, why: string) => `${photos(count)} could not be deleted: ${why}`,
  close: 'Close',

  downloading: (count: number) => `Downloading ${photos(count)} as a ZIP`,
  parts: (count: number) => `${photos(count)} come as several ZIPs:`,
  part: (number: number, of: number) => `ZIP ${number} of ${of}`,

  newPhotos: (count: number) => count === 1 ? '1 new photo' : `${number.format(count)} new photos`,
  show: 'Show',
} as const
