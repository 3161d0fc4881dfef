// The photos around one, in the order of the grid: what the viewer goes through when it is opened on the page of one photo.
import { read, Refusal } from '../backend'
import type { Photo, PhotoSource } from '../photo'

/** On either side. */
const reach = 50

export async function nearby(id: number): Promise<PhotoSource> {
  const photo = await read<Photo>(`/images/${id}`)
  const [newer, older] = await Promise.all([around(photo, 'captured_at'), around(photo, '-captured_at')])
  const photos = [...newer.reverse(), photo, ...older]

  return {
    count: photos.length,
    indexOf: wanted => photos.findIndex(one => one.id === wanted),
    at: index => Promise.resolve(photos[index]),
  }
}

const around = (photo: Photo, order: string): Promise<Photo[]> =>
  read<Photo[]>(`/users/${photo.user_id}/images?sort=${order}&after=${photo.id}&limit=${reach}`)
    // One photo is better than none.
    .catch((error: unknown) => { if (error instanceof Refusal) return []; throw error })
