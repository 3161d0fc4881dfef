// Formats that the api accepts. It reads them from the bytes; what is here only saves the user from sending what it would refuse.

const byEnding: Record<string, string> = {
  jpg: 'image/jpeg', jpeg: 'image/jpeg', jpe: 'image/jpeg', jfif: 'image/jpeg', png: 'image/png', webp: 'image/webp', gif: 'image/gif',
  avif: 'image/avif', heic: 'image/heic', heif: 'image/heic',
}

const accepted = new Set([...Object.values(byEnding), 'image/pjpeg', 'image/heif'])

/** The media type of a photo, also where the browser does not know it, as most do not know HEIC; undefined if it is none. */
export function typeOf(file: File): string | undefined {
  if (accepted.has(file.type)) return file.type
  return file.type === '' ? byEnding[/\.([^.]+)$/.exec(file.name)?.[1]?.toLowerCase() ?? ''] : undefined
}

/** Files that systems put into folders without their users' knowledge. */
export const isHidden = (file: File): boolean => file.name.startsWith('.') || /^(thumbs\.db|desktop\.ini)$/i.test(file.name)
