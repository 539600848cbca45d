/** The selected conference: who is in, from whatever roster was shown last. */

import { byId, el, say } from "./dom.js";
import { ParticipantRow } from "./participant-row.js";
import { clock } from "./time.js";
import { howLeft, nameOf, people, shortId } from "./words.js";

/**
 * @import { Participant } from "../../../client/messages.d.ts"
 * @import { RosterChange as Change } from "../../../client/rollcall.d.ts"
 * @import { Known } from "./rosters.js"
 * @import { Removals } from "./removal.js"
 */

export class RosterView {
  #section = byId("roster");
  #content = byId("roster-content");
  #title = byId("roster-title");
  #state = byId("roster-state");
  #facts = byId("roster-facts");
  #list = byId("participants", HTMLUListElement);
  #note = byId("roster-note");
  #stale = byId("roster-stale");
  /** @type {Map<string, ParticipantRow>} */
  #rows = new Map();
  #removals;
  /** @type {string | null} */
  #conferenceId = null;
  #isFirst = true;

  /** @param {Removals} removals */
  constructor(removals) {
    this.#removals = removals;
  }

  /** @param {string | null} conferenceId */
  select(conferenceId) {
    this.#conferenceId = conferenceId;
    this.#isFirst = true;
    this.#rows.clear();
    this.#list.replaceChildren();
    this.#facts.replaceChildren();
    for (const name of ["conferenceId", "version", "state"]) delete this.#section.dataset[name];
    byId("roster-empty").hidden = conferenceId !== null;
    this.#content.hidden = conferenceId === null;
    say(this.#title, conferenceId === null ? "" : shortId(conferenceId));
    say(this.#state, "");
    say(this.#note, conferenceId === null ? "" : "Waiting for the roster…");
    document.title = "Rollcall";
  }

  /**
   * @param {Known} known
   * @param {readonly Change[]} changes how it came to this, as far as that was told
   */
  show(known, changes) {
    const { roster } = known;
    if (roster.conferenceId !== this.#conferenceId) return;
    this.#showPeople(roster.participants, changes);
    this.#showFacts(known);
    Object.assign(this.#section.dataset, {
      conferenceId: roster.conferenceId,
      version: String(roster.version),
      state: roster.state,
    });
    this.#isFirst = false;
  }

  /** @param {string} text why what is shown may be wrong; "" if it is right */
  showStale(text) {
    this.#section.classList.toggle("stale", text !== "");
    say(this.#stale, text);
  }

  /** @param {{ conferenceId: string, participantId: string }} whose */
  showRemoval({ conferenceId, participantId }) {
    const row = this.#rows.get(participantId);
    if (conferenceId !== this.#conferenceId || !row || row.isLeaving) return;
    row.showRemoval(this.#removals.of(conferenceId, participantId));
  }

  /**
   * @param {Participant[]} participants
   * @param {readonly Change[]} changes
   */
  #showPeople(participants, changes) {
    const present = new Set(participants.map((person) => person.id));
    for (const [id, row] of this.#rows) {
      if (!present.has(id)) row.leave(this.#whyLeft(id, changes), () => this.#takeAway(row));
    }
    /** @type {ParticipantRow | undefined} */
    let last;
    for (const person of participants) {
      const found = changes.some(
        (change) => change.type !== "ended" && change.source && change.participant.id === person.id,
      );
      last = this.#showPerson(person, found, last);
    }
  }

  /**
   * @param {Participant} person
   * @param {boolean} found
   * @param {ParticipantRow | undefined} above
   */
  #showPerson(person, found, above) {
    let row = this.#rows.get(person.id);
    if (row) {
      row.update(person, found);
    } else {
      const removed = () => this.#removals.ask(this.#conferenceId ?? "", person.id, nameOf(row?.person ?? person));
      row = new ParticipantRow(person, removed);
      row.update(person, found);
      if (!this.#isFirst) row.join();
      this.#rows.set(person.id, row);
    }
    this.#put(row, above);
    this.showRemoval({ conferenceId: this.#conferenceId ?? "", participantId: person.id });
    return row;
  }

  /**
   * Host first, then by joining, as the roster has them. Rows that are leaving stay where they are between the others.
   *
   * @param {ParticipantRow} row
   * @param {ParticipantRow | undefined} above
   */
  #put(row, above) {
    let next = above ? above.item.nextElementSibling : this.#list.firstElementChild;
    while (next instanceof HTMLElement && next.dataset.leaving) next = next.nextElementSibling;
    if (next !== row.item) this.#list.insertBefore(row.item, next);
  }

  /**
   * @param {string} id
   * @param {readonly Change[]} changes
   */
  #whyLeft(id, changes) {
    const left = changes.find((change) => change.type === "left" && change.participant.id === id);
    if (this.#removals.isRemoving(this.#conferenceId ?? "", id)) return "removed";
    if (left?.type !== "left") return "";
    return left.source ? "found by asking RingCentral" : howLeft(left.reason);
  }

  /**
   * The row is about to go. A focus in it moves to the next person, or to the heading if there is none.
   *
   * @param {ParticipantRow} row
   */
  #takeAway(row) {
    if (this.#rows.get(row.person.id) === row) this.#rows.delete(row.person.id);
    if (!row.hasFocus) return;
    const rows = [...this.#rows.values()].filter((other) => !other.isLeaving && other.person.role !== "host");
    const below = rows.find((other) => row.item.compareDocumentPosition(other.item) & Node.DOCUMENT_POSITION_FOLLOWING);
    const next = below ?? rows.at(-1);
    if (next) next.focus();
    else byId("roster-heading").focus();
  }

  /** @param {Known} known */
  #showFacts({ roster, host, since }) {
    const count = roster.participants.length;
    const ended = roster.state === "ended";
    const at = roster.eventTime === null ? "" : ` at ${clock(Date.parse(roster.eventTime))}`;
    say(this.#title, host ? `${nameOf(host)}'s conference` : "Host not seen yet");
    say(this.#state, ended ? "Ended" : roster.version === 0 ? "" : "Active");
    this.#state.dataset.state = roster.state;
    /** @type {[string, string, string?][]} */
    const facts = [
      ["Conference", shortId(roster.conferenceId), roster.conferenceId],
      ["Active since", since === null ? "–" : clock(since)],
      ["People", String(count)],
      ["Version", String(roster.version)],
    ];
    this.#facts.replaceChildren(
      ...facts.map(([term, text, title]) => el("div", {}, el("dt", {}, term), el("dd", title ? { title } : {}, text))),
    );
    const nobody = "Nobody has been in this conference yet, or you may not see it.";
    say(this.#note, ended ? `Everybody has left. It ended${at}.` : roster.version === 0 ? nobody : "");
    document.title = ended ? "Ended · Rollcall" : `${people(count)} · Rollcall`;
  }
}
