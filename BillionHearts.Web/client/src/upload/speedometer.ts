// Speed from positions over time, smoothed so that it can be read.

/** In milliseconds: closer positions say nothing. */
const interval = 250
/** After this time, in milliseconds, an earlier speed counts half. */
const halfLife = 1500

export class Speedometer {
  #at = performance.now()
  #position: number | undefined
  #speed = 0

  /** @returns Bytes a second; 0 while it is not known. */
  at(position: number): number {
    const now = performance.now()
    const elapsed = now - this.#at

    if (this.#position === undefined || position < this.#position) {
      this.#position = position
      this.#at = now
    } else if (elapsed >= interval) {
      const current = (position - this.#position) / elapsed * 1000
      const weight = this.#speed > 0 ? 2 ** (-elapsed / halfLife) : 0
      this.#speed = this.#speed * weight + current * (1 - weight)
      this.#position = position
      this.#at = now
    }

    return this.#speed
  }
}
