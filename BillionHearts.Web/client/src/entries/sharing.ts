import '../styles/photo.css'
import '../styles/sharing.css'
import { texts } from '../texts/viewer'

// A link is copied by a button where the browser can do it.
for (const button of document.querySelectorAll<HTMLButtonElement>('[data-copy]')) {
  const field = document.getElementById(button.dataset.copy!) as HTMLInputElement
  const status = document.querySelector('[data-copied]')!
  button.hidden = false

  button.addEventListener('click', async () => {
    try {
      await navigator.clipboard.writeText(field.value)
      status.textContent = texts.copied
    } catch {
      field.select()
      status.textContent = texts.notCopied
    }
  })
}
