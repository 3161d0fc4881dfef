// Shows times in the reader's zone. The server writes them in UTC: <time datetime="2026-11-30T21:53:37.000Z">30 Nov 2026, 21:53 UTC</time>.

// The pages are in English, so the months are, too.
const format = new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'short', year: 'numeric', hour: '2-digit', minute: '2-digit' })
const exact = new Intl.DateTimeFormat('en-GB', { dateStyle: 'full', timeStyle: 'long' })

/** For what a script adds to a page later. */
export function showTimes(root: ParentNode = document): void {
  for (const element of root.querySelectorAll<HTMLTimeElement>('time[datetime]')) {
    const at = new Date(element.dateTime)
    // A date without a time, or one that is shown already.
    if (!element.dateTime.includes('T') || Number.isNaN(at.getTime()) || element.title !== '') continue

    element.textContent = format.format(at)
    element.title = exact.format(at)
  }
}
