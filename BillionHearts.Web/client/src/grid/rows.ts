// Rows of photos that fill the width, by the rule of flex-wrap that styles/photos.css uses: what the server has rendered is already where the script would put
// it, so that nothing moves when the script takes over. (`justified-layout` has another rule, which no style sheet can follow.)
import type { Photo } from '../photo'

/** Lengths in pixels, as the style sheet has them at the moment. */
export interface Measures {
  readonly width: number
  /** The least height of a full row. */
  readonly row: number
  readonly gap: number
  /** The height of a month's heading. */
  readonly head: number
}

/** Photos `from` to before `to`, `top` pixels below the heading. */
export interface Row { readonly top: number; readonly height: number; readonly from: number; readonly to: number }

/** How far a row may grow before it stays ragged. As `--grown` in the style sheet. */
const mostGrown = 1.6

/** Width divided by height as shown, to four digits, as Pages/Photos/PhotoShape.cs has it. */
export function ratioOf(photo: Photo): number {
  const { width, height } = photo.analysis ?? photo
  const ratio = width > 0 && height > 0 ? width / height : 1

  return Math.round(Math.min(3.5, Math.max(.45, ratio)) * 1e4) / 1e4
}

/** Lays photos out. The last row stays at the least height, unless it is full. */
export function rowsOf(photos: readonly Photo[], { width, row, gap }: Measures): { rows: Row[]; height: number } {
  const rows: Row[] = []
  let [from, top, used, sum] = [0, 0, 0, 0]

  const close = (to: number, height: number) => {
    rows.push({ top, height, from, to })
    top += height + gap
    from = to
  }
  const filled = (to: number) => Math.min((width - gap * (to - from - 1)) / sum, row * mostGrown)

  photos.forEach((photo, index) => {
    const ratio = ratioOf(photo)
    const least = ratio * row

    if (index > from && used + gap + least > width) {
      close(index, filled(index));
      [used, sum] = [0, 0]
    }

    used += (index > from ? gap : 0) + least
    sum += ratio
  })

  if (photos.length === 0) return { rows, height: 0 }

  // What fills the end of the last row in the style sheet needs a gap, too; without room for it, it stands below.
  const isFull = used + gap > width
  close(photos.length, isFull ? filled(photos.length) : row)

  return { rows, height: isFull ? top : top - gap }
}
