// What every page does when the user's session has ended, elsewhere or by its age.
import { texts } from './texts/common'

let told = false

/** Says once that nothing more can be done here without signing in, and offers it. The user comes back to the same page. */
export function sessionEnded(): void {
  if (told) return
  told = true

  const notice = document.createElement('p')
  notice.className = 'error session-ended'
  notice.setAttribute('role', 'alert')

  const link = document.createElement('a')
  link.href = `/sign-in?to=${encodeURIComponent(location.pathname)}`
  link.textContent = texts.signIn

  notice.append(texts.signedOut, ' ', link)
  document.querySelector('main')?.prepend(notice)
}
