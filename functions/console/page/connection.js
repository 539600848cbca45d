/** How the connection is: a pill in the page's head, and since when the rosters may be out of date. */

import { byId, el } from "./dom.js";
import { clock } from "./time.js";

/** @import { ConnectionState } from "../../../client/rollcall.d.ts" */

/** A connection that says nothing more is noticed only so much later: a ping every 30 s, and 10 s for its answer. */
const SILENT_FOR_MS = 40_000;

const LABELS = {
  idle: "Not connected",
  connecting: "Connecting",
  open: "Live",
  waiting: "Reconnecting",
  closed: "Disconnected",
};

export class Connection {
  #pill = byId("connection");
  /** @type {ConnectionState} */
  #state = { state: "idle" };
  #openedAt = 0;
  #lostAt = 0;
  #doubtful = false;

  /** @param {ConnectionState} next */
  show(next) {
    const wasLive = this.isLive;
    this.#state = next;
    if (this.isLive && !wasLive) this.#openedAt = Date.now();
    if (wasLive && !this.isLive) this.#lostAt = Date.now() - (next.reason === "silent" ? SILENT_FOR_MS : 0);
    // The first time it is opened, what is shown has just been read.
    this.#doubtful =
      !this.isLive && (this.#openedAt > 0 || next.state === "waiting" || next.state === "closed" || this.#doubtful);
    showPill(this.#pill, next);
  }

  get isLive() {
    return this.#state.state === "open";
  }

  /**
   * Whether it was open already when this happened; else a roster told of it afterwards. Durations are compared, since
   * clocks differ.
   *
   * @param {number} age how long ago it was when the roster was sent, milliseconds
   * @param {number} receivedAt epoch milliseconds
   */
  wasOpenFor(age, receivedAt) {
    return this.isLive && age <= receivedAt - this.#openedAt;
  }

  /**
   * What is to be said of a roster while it may be out of date; "" if it is right.
   *
   * @param {number} receivedAt when it was received, epoch milliseconds
   */
  doubt(receivedAt) {
    if (!this.#doubtful) return "";
    const when = `It was last right at ${clock(Math.max(this.#lostAt, receivedAt))}.`;
    if (this.#state.state !== "closed") return `May be out of date. ${when}`;
    return `Out of date: the connection has ended (${this.#state.reason ?? "closed"}). ${when} Reload the page to connect again.`;
  }

  /** Counts down. Called once a second. */
  tick() {
    if (this.#state.state === "waiting") showPill(this.#pill, this.#state);
  }
}

/** @param {HTMLElement} pill */
export function showSignedOut(pill) {
  pill.dataset.connection = "closed";
  pill.textContent = "Signed out";
}

/**
 * @param {HTMLElement} pill
 * @param {ConnectionState} state
 */
function showPill(pill, { state, retryAt }) {
  const seconds = state === "waiting" && retryAt ? Math.ceil((retryAt - Date.now()) / 1000) : 0;
  const label = LABELS[state];
  if (pill.dataset.connection !== state || pill.firstChild?.firstChild?.textContent !== label) {
    pill.dataset.connection = state;
    // The seconds stand apart and are kept from screen readers, which would read the status out every second.
    pill.replaceChildren(el("span", {}, label, el("span", { "aria-hidden": "true" })));
  }
  const countdown = pill.querySelector("[aria-hidden]");
  if (countdown) countdown.textContent = seconds > 0 ? ` in ${seconds} s` : "";
}
