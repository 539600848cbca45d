/** The newest roster of each conference, whoever brought it: the list, the user's own watch, or the selected one's. */

/**
 * @import { Participant, RosterView } from "../../../client/messages.d.ts"
 * @import { RosterChange as Change } from "../../../client/rollcall.d.ts"
 * @typedef {object} Known
 * @property {RosterView} roster
 * @property {boolean} mine
 * @property {Participant | undefined} host also after they left
 * @property {number | null} since when the first of those seen here joined, epoch milliseconds
 * @property {number} receivedAt when it was found to be so, epoch milliseconds
 * @typedef {{ known: Known, before: RosterView | undefined, changes: readonly Change[] }} News
 */

export class Rosters {
  /** @type {Map<string, Known>} */
  #known = new Map();
  /** @type {Map<string, number>} */
  #told = new Map();
  #extensionId;

  /** @param {string} extensionId the user's, whose conferences are theirs */
  constructor(extensionId) {
    this.#extensionId = extensionId;
  }

  /** @param {string} conferenceId */
  get(conferenceId) {
    return this.#known.get(conferenceId);
  }

  /**
   * Takes a roster. Of several watchers that are shown the same version, the first that tells changes is believed.
   *
   * @param {RosterView & { changes?: readonly Change[] }} roster
   * @param {boolean} mine
   * @returns {News | null} null: nothing new
   */
  take(roster, mine) {
    const id = roster.conferenceId;
    const known = this.#known.get(id);
    const isNewer = !known || isAfter(roster, known.roster);
    const changes = this.#untold(roster);
    const newest = isNewer ? roster : known.roster;
    const host = hostOf(newest) ?? known?.host;
    /** @type {Known} */
    const next = {
      roster: newest,
      mine: mine || Boolean(known?.mine) || host?.extensionId === this.#extensionId,
      host,
      since: since(known, newest),
      receivedAt: known && roster.version < known.roster.version ? known.receivedAt : Date.now(),
    };
    this.#known.set(id, next);
    const isNews = isNewer || changes.length > 0 || known.mine !== next.mine;
    return isNews ? { known: next, before: known?.roster, changes } : null;
  }

  /** @param {RosterView & { changes?: readonly Change[] }} roster */
  #untold(roster) {
    const changes = roster.changes ?? [];
    const ends = roster.state === "ended" ? 0.5 : 0; // a client may learn of an end without a new version
    const told = roster.version + ends;
    if (changes.length === 0 || told <= (this.#told.get(roster.conferenceId) ?? -1)) return [];
    this.#told.set(roster.conferenceId, told);
    return changes;
  }
}

/** @param {RosterView} roster */
function hostOf(roster) {
  return roster.participants.find((person) => person.role === "host");
}

/**
 * @param {RosterView} roster
 * @param {RosterView} other
 */
function isAfter(roster, other) {
  if (roster.version !== other.version) return roster.version > other.version;
  return roster.state === "ended" && other.state === "active";
}

/**
 * @param {Known | undefined} known
 * @param {RosterView} roster
 */
function since(known, roster) {
  const times = roster.participants.map((person) => Date.parse(person.joinedAt));
  if (known?.since != null) times.push(known.since);
  return times.length > 0 ? Math.min(...times) : null;
}
