// Pages of a month, as the api has them.
import { call, Refusal } from '../backend'
import type { Photo } from '../photo'
import type { Next, Section } from './section'

const pageSize = 250

/** The next photos of a month, and where it goes on; null if that was all of it. */
export async function readPage(userId: number, filter: string, section: Section, next: Next): Promise<{ photos: Photo[]; cursor: string | null }> {
  const query = new URLSearchParams(filter)
  query.set('sort', '-captured_at')
  query.set('limit', String(next.ofMonth ? pageSize : Math.max(1, Math.min(pageSize, section.count - section.loadedCount))))
  if (next.ofMonth) query.set('month', section.month)
  if (next.cursor !== null) query.set('cursor', next.cursor)

  try {
    const response = await call(`/users/${userId}/images?${query}`)
    const all = (await response.json() as Photo[]).map(slim)
    const photos = all.filter(photo => monthOf(photo) === section.month)
    return { photos, cursor: photos.length === all.length ? cursorOf(response.headers.get('Link')) : null }
  } catch (error) {
    // No photo of this month is left.
    if (error instanceof Refusal && error.status === 404) return { photos: [], cursor: null }
    throw error
  }
}

/** The month, in UTC, that the api counts a photo in. */
export const monthOf = (photo: Photo): string => (photo.analysis?.captured_at ?? photo.upload_date).slice(0, 7)

/** The cursor of the next page: `<http://…?limit=3&cursor=AbC>; rel="next", <…>; rel="first"`. */
function cursorOf(link: string | null): string | null {
  const next = link?.split(',').find(one => one.includes('rel="next"'))
  const cursor = next?.match(/[?&]cursor=([^&>]+)/)?.[1]
  return cursor === undefined ? null : decodeURIComponent(cursor)
}

/** Without what no script of the page needs. */
export function slim(photo: Photo): Photo {
  const { id, user_id, original_filename, upload_date, width, height, file_size, file_type, status, version, url, renditions, analysis, failure } = photo
  return {
    id, user_id, original_filename, upload_date, width, height, file_size, file_type, status, version, url, renditions, failure,
    analysis: analysis && {
      width: analysis.width, height: analysis.height, thumbhash: analysis.thumbhash, dominant_color: analysis.dominant_color,
      ...(analysis.captured_at ? { captured_at: analysis.captured_at } : {}),
    },
  }
}
