/** A clock that only tests move. It takes the place of the timers, of the time, and of AbortSignal.timeout. */

const flush = async () => {
  // What was settled may settle more; a fetch and the reading of its answer take several rounds.
  for (let round = 0; round < 6; round++) await new Promise((resolve) => setImmediate(resolve));
};

export class Clock {
  now = Date.parse("2026-03-04T10:00:00Z");
  /** @type {Map<number, { at: number, then: () => void }>} */
  #timers = new Map();
  /** @type {{ at: number, then: () => void }[]} */
  #world = [];
  #ids = 0;

  /** How many timers are pending. */
  get pending() {
    return this.#timers.size;
  }

  /** What replaces the globals. */
  get globals() {
    return {
      setTimeout: (/** @type {() => void} */ then, delay = 0) => {
        this.#timers.set(++this.#ids, { at: this.now + Math.max(0, delay), then });
        return this.#ids;
      },
      clearTimeout: (/** @type {number} */ id) => void this.#timers.delete(id),
      performance: { now: () => this.now },
    };
  }

  /** Something in the world around the client. @param {number} delay @param {() => void} then */
  later(delay, then) {
    this.#world.push({ at: this.now + delay, then });
  }

  /** Stands for AbortSignal.timeout. @param {number} delay */
  timeout(delay) {
    const abort = new AbortController();
    this.later(delay, () => abort.abort(new DOMException("It took too long.", "TimeoutError")));
    return abort.signal;
  }

  /** Let time pass, with every timer in its turn. @param {number} delay milliseconds */
  async advance(delay) {
    const end = this.now + delay;
    await flush();
    for (let next = this.#next(end); next; next = this.#next(end)) {
      this.now = Math.max(this.now, next.at);
      next.then();
      await flush();
    }
    this.now = Math.max(this.now, end);
  }

  /** The device sleeps: time passes, and afterwards every timer is late. @param {number} delay milliseconds */
  async sleep(delay) {
    this.now += delay;
    await this.advance(0);
  }

  /** Take what is due next. @param {number} end */
  #next(end) {
    const timers = [...this.#timers].map(([id, timer]) => ({ ...timer, take: () => this.#timers.delete(id) }));
    const world = this.#world.map((event) => ({
      ...event,
      take: () => this.#world.splice(this.#world.indexOf(event), 1),
    }));
    const due = [...timers, ...world].filter(({ at }) => at <= end).sort((one, other) => one.at - other.at);
    due[0]?.take();
    return due[0];
  }
}
