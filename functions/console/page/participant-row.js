/** One person on the roster. */

import { button, el, say } from "./dom.js";
import { countUp } from "./time.js";
import { nameOf } from "./words.js";

/** @import { Participant } from "../../../client/messages.d.ts" */
/** @import { Removal } from "./removal.js" */

const LEAVING_MS = 1200;

export class ParticipantRow {
  #name = el("span", { class: "person-name" });
  #badges = el("span", { class: "badges" });
  #details = el("span", { class: "person-details" });
  #time = el("time", { class: "person-time" });
  #outcome = el("p", { class: "outcome", hidden: "" });
  /** @type {HTMLButtonElement | null} */
  #remove = null;
  #found = false;
  #leaving = 0;

  /**
   * @param {Participant} person
   * @param {() => void} onRemove
   */
  constructor(person, onRemove) {
    this.person = person;
    this.item = el("li", { "data-participant": person.id });
    const who = el("span", { class: "person-who" }, this.#name, " ", this.#badges);
    const since = el("span", { class: "person-since" }, el("span", { class: "unseen" }, "in for "), this.#time);
    this.item.append(who, this.#details, since);
    if (person.role !== "host") {
      this.#remove = button("Remove", () => this.#removable() && onRemove(), { class: "remove" });
      this.item.append(this.#remove);
    }
    this.item.append(this.#outcome);
    this.update(person, false);
  }

  /**
   * @param {Participant} person
   * @param {boolean} found by asking RingCentral, no event told it
   */
  update(person, found) {
    this.person = person;
    this.#found ||= found;
    this.#name.textContent = nameOf(person);
    this.#remove?.setAttribute("aria-label", `Remove ${nameOf(person)}`);
    this.#badges.replaceChildren(...this.#badgesOf(person));
    const details = [];
    if (person.name && person.phoneNumber) details.push(el("span", { class: "number" }, person.phoneNumber));
    if (person.role !== "host")
      details.push(el("span", {}, person.direction === "Inbound" ? "called in" : "was called"));
    this.#details.replaceChildren(...details.flatMap((part, index) => (index === 0 ? [part] : [" · ", part])));
    countUp(this.#time, Date.parse(person.joinedAt));
    this.#stay();
  }

  /** @param {Removal | undefined} removal */
  showRemoval(removal) {
    this.item.classList.toggle("removing", removal?.phase === "asked");
    this.item.classList.toggle("failed", removal?.phase === "failed" || removal?.phase === "wait");
    say(this.#outcome, removal?.text ?? "");
    // Not `disabled`, which would drop the focus that the button has.
    this.#remove?.setAttribute("aria-disabled", String(removal?.phase === "asked" || removal?.phase === "wait"));
  }

  /** Shows for a moment that they came. */
  join() {
    this.item.classList.add("joining");
    this.item.addEventListener("animationend", () => this.item.classList.remove("joining"), { once: true });
  }

  /**
   * Shows for a moment that they left, then takes the row away.
   *
   * @param {string} why such as "hung up"; "" if nobody knows
   * @param {() => void} gone called before the row is taken away
   */
  leave(why, gone) {
    if (this.#leaving) return;
    this.item.dataset.leaving = "true";
    this.item.classList.remove("removing", "failed");
    this.#remove?.setAttribute("aria-disabled", "true");
    this.#details.textContent = why ? `left · ${why}` : "left";
    say(this.#outcome, "");
    delete this.#time.dataset.since;
    this.#leaving = window.setTimeout(() => {
      gone();
      this.item.remove();
    }, LEAVING_MS);
  }

  get isLeaving() {
    return this.#leaving !== 0;
  }

  focus() {
    this.#remove?.focus();
  }

  get hasFocus() {
    return this.item.contains(document.activeElement);
  }

  #removable() {
    return this.#remove?.getAttribute("aria-disabled") !== "true";
  }

  /** Who is back before the row went has never been away. */
  #stay() {
    if (!this.#leaving) return;
    clearTimeout(this.#leaving);
    this.#leaving = 0;
    delete this.item.dataset.leaving;
    this.showRemoval(undefined);
  }

  /** @param {Participant} person */
  #badgesOf(person) {
    const badges = [];
    if (person.role === "host") badges.push(el("span", { class: "badge host" }, "Host"));
    if (person.muted) badges.push(el("span", { class: "badge muted" }, "Muted"));
    if (this.#found)
      badges.push(
        el(
          "span",
          { class: "badge found", title: "No event told this; RingCentral was asked who is in." },
          "Found by asking",
        ),
      );
    return badges.flatMap((badge, index) => (index === 0 ? [badge] : [" ", badge]));
  }
}
