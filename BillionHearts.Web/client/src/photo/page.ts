// The page of one photo: arrows go to its neighbours, the picture opens in the viewer.

export function enhancePhotoPage(): void {
  document.addEventListener('keydown', event => {
    if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || event.shiftKey || document.querySelector('.pswp')) return
    if (event.target instanceof Element && event.target.closest('input, textarea, select, summary')) return

    const rel = event.key === 'ArrowLeft' ? 'prev' : event.key === 'ArrowRight' ? 'next' : undefined
    if (rel) document.querySelector<HTMLAnchorElement>(`.photo-steps a[rel=${rel}]`)?.click()
  })

  // On the document, because the picture may come later.
  document.addEventListener('click', event => {
    if (event.ctrlKey || event.metaKey || event.shiftKey || event.button !== 0) return
    const link = event.target instanceof Element ? event.target.closest<HTMLAnchorElement>('.photo-frame a[data-open]') : null
    const id = Number(link?.closest<HTMLElement>('[data-photo]')?.dataset.photo)
    if (!link || !id) return

    event.preventDefault()
    link.focus()
    void open(id).catch(() => location.assign(link.href))
  })
}

async function open(id: number): Promise<void> {
  const [{ openViewer }, { nearby }] = await Promise.all([import('../viewer/viewer'), import('../viewer/nearby')])
  await openViewer(await nearby(id), id)
}
