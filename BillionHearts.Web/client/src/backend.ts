// Calls of the services, in the name of the signed-in user. The cookie goes along by itself; no script holds a token.
import { texts } from './texts/common'

const prefix = '/bff'

/** Has to be sent with each call that changes something, so that no other site can make one. */
export const scriptHeaders = { 'X-Gallery': '1' } as const

/** A refusal, with the sentence that the service answered. */
export class Refusal extends Error {
  readonly status: number

  constructor(status: number, detail: string) {
    super(detail)
    this.status = status
  }
}

/** The address of a call, such as /images/7, for scripts. */
export const address = (path: string): string => prefix + path

/**
 * Sends a request and returns its answer.
 * @throws Refusal if it is refused, or if nobody answers (status 0).
 */
export async function call(path: string, init: RequestInit & { json?: unknown } = {}): Promise<Response> {
  const { json, ...rest } = init
  const headers = new Headers(rest.headers)
  headers.set('X-Gallery', scriptHeaders['X-Gallery'])

  if (json !== undefined) {
    headers.set('Content-Type', 'application/json')
    rest.body = JSON.stringify(json)
  }

  let response: Response

  try {
    response = await fetch(address(path), { ...rest, headers })
  } catch (error) {
    if (error instanceof DOMException && error.name === 'AbortError') throw error
    throw new Refusal(0, texts.offline)
  }

  if (response.ok) return response
  if (response.status === 401) throw new Refusal(401, texts.signedOut)

  const problem = await response.json().catch(() => ({})) as { detail?: string }
  throw new Refusal(response.status, problem.detail ?? `${response.status} ${response.statusText}`)
}

/** What a call answers, as JSON. */
export async function read<T>(path: string, init: RequestInit & { json?: unknown } = {}): Promise<T> {
  return await (await call(path, init)).json() as T
}
