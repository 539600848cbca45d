/** Has people removed, and says what became of it. RingCentral decides; the roster tells when they have left. */

import { askWhetherToRemove, dismissQuestion } from "./remove-dialog.js";
import { RollcallError } from "./rollcall.js";

/**
 * @import { Rollcall } from "./rollcall.js"
 * @import { RosterView } from "../../../client/messages.d.ts"
 * @typedef {"asked" | "failed" | "wait"} Phase
 *   asked: nothing to do but wait for the roster; failed: may be tried again; wait: may be tried again when `until` has come
 * @typedef {object} Removal
 * @property {string} conferenceId
 * @property {string} participantId
 * @property {string} name
 * @property {Phase} phase
 * @property {string} reason
 * @property {string} text what is shown next to the person: the reason, with a countdown while they have to wait
 * @property {number} until epoch milliseconds; 0: nothing happens by itself
 */

const STILL_IN_AFTER_MS = 10_000;

const REMOVING = "Asked RingCentral; removing…";
const ALREADY_LEFT = "They had already left.";
const STILL_IN = "RingCentral accepted it, but they're still in.";
const STILL_SHOWN = "Rollcall says that they had left, but still shows them.";

/** What to tell people, by the problem's code. */
const FAILED = new Map([
  ["ringcentral-forbidden", "RingCentral does not let you remove them."],
  ["host-only", "Only the conference's host may remove people."],
  ["host-not-removable", "They are the host: removing them would end the conference for everybody."],
  ["unknown-participant", "They are no longer there."],
  ["unknown-conference", "The conference is no longer there."],
  ["ringcentral-not-found", "RingCentral no longer finds them there. Rollcall is checking who is in."],
  ["ringcentral-unauthorized", "RingCentral no longer takes your sign-in. Sign out and in again."],
  ["ringcentral-rate-limited", "RingCentral takes no more requests for now."],
  ["ringcentral-failed", "RingCentral failed. Try again."],
  ["ringcentral-unavailable", "RingCentral did not answer."],
  ["storage-failed", "Rollcall could not look them up. Try again."],
  ["timeout", "No answer came in time. Try again if they stay."],
  ["network", "Rollcall could not be reached. Try again."],
]);

export class Removals {
  /** @type {Removal[]} one for each person who was to be removed and is still in */
  #all = [];
  #rollcall;
  #onChange;
  #onOutcome;

  /**
   * @param {Rollcall} rollcall
   * @param {(removal: Removal) => void} onChange what is shown next to the person changed
   * @param {(conferenceId: string, text: string) => void} onOutcome something happened that is worth telling
   */
  constructor(rollcall, onChange, onOutcome) {
    this.#rollcall = rollcall;
    this.#onChange = onChange;
    this.#onOutcome = onOutcome;
  }

  /**
   * @param {string} conferenceId
   * @param {string} participantId
   */
  of(conferenceId, participantId) {
    return this.#all.find((one) => one.conferenceId === conferenceId && one.participantId === participantId);
  }

  /**
   * Whether RingCentral was asked, and did not refuse.
   *
   * @param {string} conferenceId
   * @param {string} participantId
   */
  isRemoving(conferenceId, participantId) {
    return this.of(conferenceId, participantId)?.phase === "asked";
  }

  /**
   * Asks the user and, if they mean it, Rollcall.
   *
   * @param {string} conferenceId
   * @param {string} participantId
   * @param {string} name
   */
  async ask(conferenceId, participantId, name) {
    if (!(await askWhetherToRemove(conferenceId, participantId, name))) return;
    this.#all = this.#all.filter((one) => one !== this.of(conferenceId, participantId));
    /** @type {Removal} */
    const removal = { conferenceId, participantId, name, phase: "asked", reason: "", text: "", until: 0 };
    this.#all.push(removal);
    this.#set(removal, "asked", "Asking RingCentral…");
    this.#onOutcome(conferenceId, `Removal of ${name} asked for`);
    try {
      const { status } = await this.#rollcall.remove(conferenceId, participantId);
      const requested = status === "requested";
      this.#set(removal, "asked", requested ? REMOVING : ALREADY_LEFT, Date.now() + STILL_IN_AFTER_MS);
      this.#onOutcome(conferenceId, requested ? `RingCentral accepted to remove ${name}` : `${name} had already left`);
    } catch (error) {
      this.#fail(removal, error);
    }
  }

  /**
   * Forgets the removals of those who are no longer in, and a question about one of them.
   *
   * @param {RosterView} roster
   */
  settle(roster) {
    const present = new Set(roster.participants.map((person) => person.id));
    this.#all = this.#all.filter((one) => one.conferenceId !== roster.conferenceId || present.has(one.participantId));
    dismissQuestion(roster.conferenceId, present);
  }

  /** Counts down, and notices who is still in. Called once a second. */
  tick() {
    for (const removal of this.#all.filter((one) => one.until > 0)) {
      const over = removal.until <= Date.now();
      if (removal.phase === "wait") this.#count(removal, over);
      else if (over) this.#giveUp(removal);
    }
  }

  /** @param {Removal} removal */
  #giveUp(removal) {
    this.#set(removal, "failed", removal.reason === ALREADY_LEFT ? STILL_SHOWN : STILL_IN);
    this.#onOutcome(removal.conferenceId, `${removal.name} is still in`);
  }

  /**
   * @param {Removal} removal
   * @param {boolean} over
   */
  #count(removal, over) {
    const { reason } = removal;
    if (over) this.#set(removal, "failed", `${reason} You can try again now.`);
    else this.#set(removal, "wait", reason, removal.until);
  }

  /**
   * @param {Removal} removal
   * @param {unknown} error
   */
  #fail(removal, error) {
    if (!(error instanceof RollcallError)) throw error;
    const reason = FAILED.get(error.code) ?? (error.detail || "It did not work. Try again.");
    const wait = error.retryAfter ?? 0;
    if (wait > 0) this.#set(removal, "wait", reason, Date.now() + wait * 1000);
    else this.#set(removal, "failed", reason);
    this.#onOutcome(removal.conferenceId, `${removal.name} was not removed: ${removal.text}`);
  }

  /**
   * @param {Removal} removal
   * @param {Phase} phase
   * @param {string} reason
   * @param {number} [until]
   */
  #set(removal, phase, reason, until = 0) {
    const seconds = Math.max(1, Math.ceil((until - Date.now()) / 1000));
    const text = phase === "wait" ? `${reason} Try again in ${seconds} s.` : reason;
    Object.assign(removal, { phase, reason, text, until });
    this.#onChange(removal);
  }
}
