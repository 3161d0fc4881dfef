// Texts of the upload page that change while it is open; the others are in Texts/UploadTexts.cs.
import { bytes, count, duration, speed } from '../upload/format'

const photos = (number: number): string => number === 1 ? '1 photo' : `${count(number)} photos`

export const texts = {
  photos,

  // A photo
  checking: 'Checking whether it is here already…',
  queued: 'Waits for its turn',
  sending: (sent: number, size: number, rate: number): string =>
    [`${bytes(sent)} of ${bytes(size)}`, rate > 0 ? speed(rate) : ''].filter(Boolean).join(' · '),
  storing: 'Sent. It is being stored…',
  paused: (sent: number, size: number): string => sent > 0 ? `Paused at ${bytes(sent)} of ${bytes(size)}` : 'Paused',
  known: 'In your photos already. Not sent again.',
  twin: 'You chose the same photo twice. It is sent once.',
  waiting: 'Safely stored. Waits for its analysis',
  position: (position: number, seconds: number | null): string =>
    `Safely stored. ${position <= 1 ? 'Next to be analysed' : `Number ${position >= 10_000 ? '10,000 or later' : count(position)} in line`}` +
    (seconds === null ? '' : `, ready in about ${duration(seconds)}`),
  retried: 'Safely stored. Its analysis failed and will be tried again',
  analysisFailed: (reason: string): string => `Safely stored, but it could not be analysed. ${reason}`,

  // Refusals
  empty: 'The file is empty.',
  tooLarge: (size: number, limit: number): string => `The file has ${bytes(size)}. At most ${bytes(limit)} are accepted.`,
  notAPhoto: (kind: string): string => `${kind} is not accepted. Photos may be JPEG, PNG, WebP, GIF, AVIF or HEIC.`,
  noKind: 'A file without a known ending',
  unreadable: 'The file cannot be read. Perhaps it was moved, or its device was removed.',
  chooseAgain: 'This browser could not keep the file over the reload. Choose it again, and it continues where it was.',
  lost: 'It could not be sent.',

  // Actions; read out with the name of the photo
  pause: 'Pause',
  resume: 'Continue',
  cancel: 'Cancel',
  dismiss: 'Dismiss',
  retry: 'Try again',
  sendAnyway: 'Send anyway',
  of: (action: string, name: string): string => `${action}: ${name}`,

  // All photos
  allPaused: 'Paused',
  preparing: (done: number, all: number): string => `${count(done)} of ${photos(all)} sent`,
  finished: (all: number): string => all === 1 ? 'The photo has arrived' : `All ${count(all)} photos have arrived`,
  left: (sent: number, size: number, rate: number): string => [
    `${bytes(sent)} of ${bytes(size)}`,
    rate > 0 ? speed(rate) : '',
    rate > 0 && size > sent ? `about ${duration((size - sent) / rate)} left` : '',
  ].filter(Boolean).join(' · '),
  ignored: (number: number): string => `${number === 1 ? '1 hidden file was' : `${count(number)} hidden files were`} left out.`,
} as const
