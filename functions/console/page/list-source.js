/** Fetches the account's conferences: at the start, when the user wants it, and when they come back after a while. */

import { byId, say } from "./dom.js";
import { RollcallError } from "./rollcall.js";

/** @import { RosterView } from "../../../client/messages.d.ts" */
/** @import { Rollcall } from "./rollcall.js" */

const OLD_AFTER_MS = 30_000;
const PAGE = 100;

export class ListSource {
  #rollcall;
  #onRoster;
  #onAll;
  #fetching = false;
  #hiddenAt = 0;
  #button = byId("refresh", HTMLButtonElement);
  #message = byId("conferences-message");

  /**
   * @param {Rollcall} rollcall
   * @param {(roster: RosterView) => void} onRoster
   * @param {(active: Set<string>, askedAt: number) => void} onAll has the ids of all that are active
   */
  constructor(rollcall, onRoster, onAll) {
    this.#rollcall = rollcall;
    this.#onRoster = onRoster;
    this.#onAll = onAll;
  }

  start() {
    this.#button.addEventListener("click", () => this.#refresh());
    document.addEventListener("visibilitychange", () => this.#lookAgain());
    this.#refresh();
  }

  async #refresh() {
    if (this.#fetching) return;
    this.#fetching = true;
    this.#button.setAttribute("aria-disabled", "true");
    try {
      await this.#fetchAll();
      say(this.#message, "");
    } catch (error) {
      if (!(error instanceof RollcallError)) throw error;
      const why = error.status === 0 ? "Rollcall could not be reached" : error.detail || error.code;
      say(this.#message, `The list could not be fetched: ${why.replace(/[.]$/, "")}. Refresh to try again.`);
    } finally {
      this.#fetching = false;
      this.#button.removeAttribute("aria-disabled");
    }
  }

  async #fetchAll() {
    const askedAt = Date.now();
    /** @type {Set<string>} */
    const active = new Set();
    /** @type {string | undefined} */
    let nextToken;
    do {
      const page = await this.#rollcall.conferences({ limit: PAGE, nextToken });
      for (const roster of page.conferences) {
        if (roster.state === "active") active.add(roster.conferenceId);
        this.#onRoster(roster);
      }
      nextToken = page.nextToken;
    } while (nextToken !== undefined);
    this.#onAll(active, askedAt);
  }

  #lookAgain() {
    if (document.hidden) this.#hiddenAt = Date.now();
    else if (Date.now() - this.#hiddenAt > OLD_AFTER_MS) this.#refresh();
  }
}
