import { address } from '../backend'
import { texts } from '../texts/photos'
import type { Library } from './library'
import { toast } from './toasts'

/** The longest list of ids in one address, of the 8 KB that the gateway and the services take, and of the 500 that the api takes. */
const longest = 6000
const most = 500

/** Downloads the photos as a ZIP, or offers several if there are many. The browser saves them; no script holds their bytes. */
export function download(library: Library, ids: readonly number[]): void {
  const isAll = ids.length === library.count
  const paths = isAll ? [library.exportPath()] : partsOf(ids).map(part => library.exportPath(part))
  const links = paths.map((path, index) => Object.assign(document.createElement('a'), {
    href: address(path), download: '', textContent: texts.part(index + 1, paths.length),
  }))

  if (links.length > 1) {
    toast(texts.parts(ids.length), undefined, ...links)
    return
  }

  links[0]?.click()
  toast(texts.downloading(ids.length))
}

function partsOf(ids: readonly number[]): number[][] {
  const parts: number[][] = []
  let length = longest

  for (const id of [...ids].sort((a, b) => a - b)) {
    const own = String(id).length + 1

    if (length + own > longest || parts.at(-1)!.length === most) {
      parts.push([])
      length = 0
    }

    parts.at(-1)!.push(id)
    length += own
  }

  return parts
}
