// Buttons that copy a text. Without the clipboard, as on a page without TLS, they stay hidden: the text can be selected.
import { texts } from './texts/copy'

export function addCopyButtons(): void {
  if (!('clipboard' in navigator)) return

  for (const button of document.querySelectorAll<HTMLButtonElement>('button[data-copy]')) {
    const source = document.getElementById(button.dataset['copy'] ?? '')
    const said = button.closest('section')?.querySelector('[data-copied]')
    if (source === null) continue

    button.hidden = false
    button.addEventListener('click', () => {
      navigator.clipboard.writeText(source.textContent.trim()).then(() => tell(texts.copied), () => tell(texts.refused))
    })

    const tell = (text: string): void => {
      button.textContent = text
      if (said) said.textContent = text
    }
  }
}
