/** The list of active conferences, newest first. Rows change one by one, so hundreds of them stay quick. */

import { byId, el, say } from "./dom.js";
import { roughly } from "./time.js";
import { nameOf, people } from "./words.js";

/** @import { Known } from "./rosters.js" */

const SHOWN_AS_ENDED_MS = 4000;
const FILTER_ABOVE = 10;
const NOTHING = "No conference is active. One appears here by itself when you host it; Refresh finds everybody else's.";
const NO_MATCH = "No conference has such a name or number.";

/**
 * @typedef {object} Row
 * @property {HTMLLIElement} item
 * @property {HTMLAnchorElement} link
 * @property {number} since newer rows stand higher
 * @property {string} words what the filter looks through
 * @property {string} digits
 * @property {number} ending timer; 0: active
 * @property {number} touchedAt
 */

export class ConferenceList {
  #list = byId("conferences", HTMLUListElement);
  #empty = byId("conferences-empty");
  #count = byId("conferences-count");
  #filterBox = byId("filter-box");
  #filter = byId("filter", HTMLInputElement);
  /** @type {Map<string, Row>} */
  #rows = new Map();
  /** @type {string | null} */
  #selected = null;

  constructor() {
    this.#filter.addEventListener("input", () => this.#sift());
  }

  /** @param {Known} known */
  show(known) {
    const { roster } = known;
    const id = roster.conferenceId;
    let row = this.#rows.get(id);
    if (roster.state === "ended" || roster.version === 0) {
      if (row && row.ending === 0) this.#end(id, row);
      return;
    }
    row ??= this.#add(id);
    clearTimeout(row.ending);
    row.ending = 0;
    row.touchedAt = Date.now();
    this.#fill(row, known);
    this.#place(row, known.since ?? 0);
    this.#siftRow(row, this.#wanted());
    this.#tally();
  }

  /**
   * Takes away what a fresh list does not have any more.
   *
   * @param {Set<string>} listed
   * @param {number} askedAt whatever was heard of since then is left
   */
  keepOnly(listed, askedAt) {
    for (const [id, row] of this.#rows) {
      if (!listed.has(id) && row.touchedAt < askedAt && row.ending === 0) this.#end(id, row);
    }
    this.#tally();
  }

  /** @param {string | null} conferenceId */
  select(conferenceId) {
    if (this.#selected !== null) this.#rows.get(this.#selected)?.link.removeAttribute("aria-current");
    this.#selected = conferenceId;
    if (conferenceId !== null) this.#rows.get(conferenceId)?.link.setAttribute("aria-current", "true");
  }

  /** @param {string} id */
  #add(id) {
    const link = el("a", { href: `#${encodeURIComponent(id)}` });
    if (id === this.#selected) link.setAttribute("aria-current", "true");
    const item = el("li", { "data-conference": id }, link);
    /** @type {Row} */
    const row = { item, link, since: Number.NaN, words: "", digits: "", ending: 0, touchedAt: 0 };
    this.#rows.set(id, row);
    return row;
  }

  /**
   * @param {Row} row
   * @param {Known} known
   */
  #fill(row, known) {
    const { roster, mine, since } = known;
    const count = roster.participants.length;
    const seats = el("span", { class: "seats", "aria-hidden": "true" });
    seats.style.setProperty("--people", String(Math.min(count, 10)));
    const host = el("span", { class: "conference-host" }, hostName(known));
    row.link.replaceChildren(
      host,
      ...(mine ? [" ", el("span", { class: "badge mine" }, "Yours")] : []),
      " ",
      seats,
      " ",
    );
    row.link.append(el("span", { class: "conference-people" }, people(count)), " ");
    row.link.append(el("span", { class: "conference-since" }, since === null ? "" : `since ${roughly(since)}`));
    row.item.classList.remove("ended");
    row.words = wordsOf(known).toLowerCase();
    row.digits = roster.participants.map((person) => digitsOf(person.phoneNumber ?? "")).join(" ");
  }

  /**
   * @param {Row} row
   * @param {number} since
   */
  #place(row, since) {
    if (row.since === since && row.item.isConnected) return;
    row.since = since;
    /** @type {Row | null} */
    let next = null;
    for (const other of this.#rows.values()) {
      if (other !== row && other.since <= since && (next === null || other.since > next.since)) next = other;
    }
    this.#list.insertBefore(row.item, next?.item ?? null);
  }

  /**
   * @param {string} id
   * @param {Row} row
   */
  #end(id, row) {
    row.item.classList.add("ended");
    row.link.querySelector(".seats")?.remove();
    row.link.querySelector(".conference-people")?.replaceChildren("Ended");
    row.ending = window.setTimeout(() => {
      if (row.item.contains(document.activeElement)) byId("conferences-heading").focus();
      row.item.remove();
      this.#rows.delete(id);
      this.#tally();
    }, SHOWN_AS_ENDED_MS);
  }

  #sift() {
    const wanted = this.#wanted();
    for (const row of this.#rows.values()) this.#siftRow(row, wanted);
    this.#tally();
  }

  /**
   * @param {Row} row
   * @param {string} wanted
   */
  #siftRow(row, wanted) {
    const digits = digitsOf(wanted);
    const isNumber = digits !== "" && /^[\d\s()+.-]+$/.test(wanted);
    row.item.hidden = !(row.words.includes(wanted) || (isNumber && row.digits.includes(digits)));
  }

  #wanted() {
    return this.#filter.value.trim().toLowerCase();
  }

  #tally() {
    const all = this.#rows.size;
    const shown = this.#wanted() === "" ? all : [...this.#rows.values()].filter((row) => !row.item.hidden).length;
    this.#filterBox.hidden = all <= FILTER_ABOVE && this.#filter.value === "";
    say(this.#count, shown < all ? `${shown} of ${all}` : String(all));
    say(this.#empty, all === 0 ? NOTHING : shown === 0 ? NO_MATCH : "");
  }
}

/** @param {Known} known */
function hostName({ host }) {
  return host ? nameOf(host) : "Host not seen yet";
}

/** @param {Known} known */
function wordsOf(known) {
  const { roster } = known;
  const people = roster.participants.map((person) => `${person.name ?? ""} ${person.phoneNumber ?? ""}`);
  return `${hostName(known)} ${people.join(" ")} ${roster.conferenceId}`;
}

/** @param {string} text */
function digitsOf(text) {
  return text.replaceAll(/\D/g, "");
}
