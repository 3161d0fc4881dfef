// Drawn in a box of 32 by 32 as PhotoSwipe's own, which takes the colour from its style sheet.
const icon = (path: string): string => `<svg aria-hidden="true" class="pswp__icn" viewBox="0 0 32 32" width="32" height="32"><path d="${path}"/></svg>`

export const icons = {
  details: icon('M16 5a11 11 0 1 0 0 22 11 11 0 0 0 0-22m0 2a9 9 0 1 1 0 18 9 9 0 0 1 0-18m-1.2 3h2.4v2.4h-2.4zm0 4.4h2.4V22h-2.4z'),
  share: icon('m16 4 6 6-1.5 1.5-3.4-3.4V19h-2.2V8.1l-3.4 3.4L10 10zM7 14h4v2.2H9.2v8.6h13.6v-8.6H21V14h4v13H7z'),
  download: icon('M14.9 5h2.2v11.9l3.9-3.9 1.5 1.5L16 21l-6.5-6.5L11 13l3.9 3.9zM7 24.8h18V27H7z'),
} as const
