/** What happened in this tab, newest first. */

import { byId, el } from "./dom.js";
import { clock, delay } from "./time.js";

/** @import { ConnectionState } from "../../../client/rollcall.d.ts" */
/** @typedef {"joined" | "left" | "updated" | "ended" | "connection" | "removal"} Kind */

const MOST = 200;
const SIGNS = { joined: "+", left: "−", updated: "~", ended: "■", connection: "⇅", removal: "×" };

/** @type {Partial<Record<ConnectionState["state"], string>>} */
const CONNECTION = { open: "Connected", waiting: "Connection lost", closed: "Connection ended" };

export class Timeline {
  #list = byId("timeline", HTMLOListElement);
  #connection = "";

  /**
   * @param {Kind} kind
   * @param {string} text
   * @param {{ about?: string, found?: boolean }} [more] about: the conference in a few words; found: by asking RingCentral
   * @returns {HTMLElement} the entry, for `showDelay`
   */
  add(kind, text, { about, found } = {}) {
    const now = Date.now();
    const details = el("span", { class: "entry-details" });
    if (about) details.append(about);
    if (found) details.append(about ? " · " : "", "found by asking RingCentral");
    const entry = el(
      "li",
      { "data-kind": kind },
      el("time", { datetime: new Date(now).toISOString() }, clock(now)),
      " ",
      el("span", { class: "sign", "aria-hidden": "true" }, SIGNS[kind]),
      " ",
      el("span", { class: "entry-text" }, text),
      " ",
      details,
    );
    this.#list.prepend(entry);
    while (this.#list.childElementCount > MOST) this.#list.lastElementChild?.remove();
    return entry;
  }

  /**
   * Adds what became of the connection, but not each attempt to get another.
   *
   * @param {ConnectionState} state
   */
  addConnection({ state, reason }) {
    const text = CONNECTION[state];
    if (text === undefined || text === this.#connection) return;
    this.#connection = text;
    this.add("connection", state !== "open" && reason ? `${text} (${reason})` : text);
  }

  /**
   * @param {HTMLElement} entry
   * @param {number} ms
   */
  showDelay(entry, ms) {
    const details = entry.querySelector(".entry-details");
    details?.append(details.hasChildNodes() ? " · " : "", `after ${delay(ms)}`);
  }
}
