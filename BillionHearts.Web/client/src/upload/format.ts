// Numbers as the user's language writes them.

const plain = new Intl.NumberFormat()
const units = ['kilobyte', 'megabyte', 'gigabyte'] as const
const formats = new Map<string, Intl.NumberFormat>()

/** For example `3.2 MB`. A kilobyte has 1000 bytes, as in the file lists of most systems. */
export function bytes(number: number): string {
  let value = number / 1000
  let unit = 0
  while (value >= 999.5 && unit < units.length - 1) {
    value /= 1000
    unit++
  }
  return numberOf(value, units[unit]!, 'short', value < 9.95 && unit > 0 ? 1 : 0)
}

/** @param rate In bytes a second. */
export const speed = (rate: number): string => `${bytes(rate)}/s`

export const count = (number: number): string => plain.format(number)

/** Rounded, for example `8 seconds`. */
export function duration(seconds: number): string {
  if (seconds < 59.5) return numberOf(Math.max(1, Math.round(seconds)), 'second', 'long', 0)
  if (seconds < 3570) return numberOf(Math.round(seconds / 60), 'minute', 'long', 0)
  return numberOf(Math.round(seconds / 360) / 10, 'hour', 'long', 1)
}

function numberOf(value: number, unit: string, unitDisplay: 'short' | 'long', digits: number): string {
  const key = unit + digits
  let format = formats.get(key)
  if (!format) formats.set(key, format = new Intl.NumberFormat(undefined, { style: 'unit', unit, unitDisplay, maximumFractionDigits: digits }))
  return format.format(value)
}
