export const texts = {
  copied: 'Copied',
  refused: 'Not copied: select it',
} as const
