// What happens to the user's photos meanwhile, here or elsewhere.
import { listen } from '../events'
import { texts } from '../texts/photos'
import type { Library } from './library'
import { toast } from './toasts'

/** Milliseconds in which events are gathered, so that many photos are read at once. */
const gathering = 250

/** @param since When the page was made, ISO 8601: photos from before are on it. */
export function follow(library: Library, since: string): void {
  const changed = new Set<number>()
  const arrived = new Set<number>()
  let timer = 0
  let close = () => {}

  listen(library.userId, {
    event({ type, image_id: id, version, occurred_at }) {
      if (type === 'image.deleted') library.remove(new Set([id]))
      else if (library.find(id)) changed.add(id)
      else if (type === 'image.restored' || type === 'image.uploaded' && version === 1) {
        if (occurred_at > since) arrived.add(id)
      } else return

      timer ||= window.setTimeout(tell, gathering)
    },
  })

  function tell(): void {
    timer = 0
    // A refusal changes nothing: the photo is shown as it was.
    if (changed.size > 0) void library.refresh([...changed]).catch(() => {})
    changed.clear()
    if (arrived.size === 0) return

    close()
    close = toast(texts.newPhotos(arrived.size), { label: texts.show, run: () => location.assign('/') })
  }
}
