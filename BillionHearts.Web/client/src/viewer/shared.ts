// The viewer of the shared page, over the pictures that stand there.
import PhotoSwipe from 'photoswipe'
import 'photoswipe/style.css'
import '../styles/viewer.css'
import { texts } from '../texts/viewer'
import { viewerOptions } from './options'

export function openShared(links: readonly HTMLAnchorElement[], index: number): void {
  const viewer = new PhotoSwipe({
    ...viewerOptions(),
    index,
    dataSource: links.map(link => ({
      src: link.href,
      width: Number(link.dataset.width),
      height: Number(link.dataset.height),
      alt: link.querySelector('img')?.alt ?? '',
    })),
  })

  viewer.on('firstUpdate', () => viewer.element!.setAttribute('aria-label', texts.viewer))
  viewer.init()
}
