import '../styles/photo.css'
import '../styles/sharing.css'

const links = [...document.querySelectorAll<HTMLAnchorElement>('.album a[data-open]')]

for (const [index, link] of links.entries()) {
  link.addEventListener('click', async event => {
    if (event.ctrlKey || event.metaKey || event.shiftKey) return
    event.preventDefault()
    const { openShared } = await import('../viewer/shared')
    openShared(links, index)
  })
}
