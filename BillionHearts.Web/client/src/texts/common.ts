// Texts that scripts of every page show. All texts of scripts are in this folder, those of pages in ../../../Texts.
export const texts = {
  offline: 'The service cannot be reached at the moment. Trying again…',
  signedOut: 'Your session has ended. Sign in again.',
  signIn: 'Sign in',
} as const
