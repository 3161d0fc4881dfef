// Hashes one file at a time, so that at most one is in memory, and that not on the page's thread.

export type Hashed = { sha256: string } | { isUnreadable: true }

addEventListener('message', async ({ data }: MessageEvent<File>) => {
  let answer: Hashed

  try {
    const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', await data.arrayBuffer()))
    answer = { sha256: Array.from(digest, byte => byte.toString(16).padStart(2, '0')).join('') }
  } catch {
    answer = { isUnreadable: true }
  }

  postMessage(answer)
})
