// Buttons of the viewer's bar beside PhotoSwipe's own.
import type PhotoSwipe from 'photoswipe'
import { address } from '../backend'
import type { Photo } from '../photo'
import { texts } from '../texts/viewer'
import type { Details } from './details'
import { icons } from './icons'

export function addControls(viewer: PhotoSwipe, current: () => Photo | undefined, details: Details): void {
  viewer.on('uiRegister', () => {
    const ui = viewer.ui!

    ui.registerElement({
      name: 'details', order: 9, isButton: true, title: texts.details, ariaLabel: texts.details, html: icons.details,
      onInit: button => {
        button.setAttribute('aria-keyshortcuts', 'i')
        details.watch(isOpen => button.setAttribute('aria-expanded', String(isOpen)))
      },
      onClick: () => details.toggle(),
    })
    link('share', 7, texts.share, icons.share, photo => photo.status !== 'failed' && `/sharing/new?images=${photo.id}`)
    link('download', 8, texts.download, icons.download, photo => address(`/images/${photo.id}/download`))

    /** @param to The address; false where there is nothing to do with a photo. */
    function link(name: string, order: number, title: string, html: string, to: (photo: Photo) => string | false): void {
      ui.registerElement({
        name, order, isButton: true, tagName: 'a', title, ariaLabel: title, html,
        onInit: element => viewer.on('change', () => {
          const photo = current()
          const href = photo?.url ? to(photo) : false
          element.hidden = !href
          if (href) element.setAttribute('href', href)
        }),
      })
    }
  })
}
