// What all viewers have in common.
import type { PhotoSwipeOptions } from 'photoswipe'
import { texts } from '../texts/viewer'

export const viewerOptions = (): PhotoSwipeOptions => ({
  loop: false,
  preload: [1, 2],
  bgOpacity: 1,
  wheelToZoom: true,
  showHideAnimationType: matchMedia('(prefers-reduced-motion: reduce)').matches ? 'none' : 'fade',
  mainClass: 'viewer',
  closeTitle: texts.close,
  zoomTitle: texts.zoom,
  arrowPrevTitle: texts.previous,
  arrowNextTitle: texts.next,
  errorMsg: texts.cannotShow,
})
