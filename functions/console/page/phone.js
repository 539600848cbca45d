/** What people's phones do, at the simulator: only for a stack on this machine. */

import { button, el, say } from "./dom.js";
import { nameOf } from "./words.js";

/**
 * @import { Config } from "./sign-in.js"
 * @import { Session, User } from "./session.js"
 * @import { Participant, RosterView } from "../../../client/messages.d.ts"
 */

const PEOPLE = [
  "Bob Bailey",
  "Carla Customer",
  "Dan Dealer",
  "Erin Example",
  "Frank Field",
  "Grace Guest",
  "Hugo Hill",
  "Iris Invented",
  "Jack Jones",
];
const PATIENCE_MS = 15_000;
const TELEPHONY = "/restapi/v1.0/account/~/telephony";

export class Phone {
  #config;
  #session;
  #user;
  #onStarted;
  /** @type {string | null} */
  #conferenceId = null;
  #next = 0;
  #name = el("input", { id: "phone-name", autocomplete: "off", maxlength: "100" });
  #number = el("input", { id: "phone-number", type: "tel", autocomplete: "off", maxlength: "30" });
  #keepAlive = el("input", { id: "phone-keep", type: "checkbox" });
  #message = el("p", { class: "notice", role: "status", hidden: "" });
  #people = el("ul", { class: "phone-people", "aria-label": "People who can hang up" });
  #callIn = button("Call in", () => this.#run(() => this.#call()));
  #selected;
  /** @type {Map<string, HTMLLIElement>} */
  #items = new Map();

  /**
   * @param {Config} config
   * @param {Session} session
   * @param {User} user
   * @param {(conferenceId: string) => void} onStarted
   */
  constructor(config, session, user, onStarted) {
    this.#config = config;
    this.#session = session;
    this.#user = user;
    this.#onStarted = onStarted;
    this.#selected = this.#controls();
    this.#propose();
  }

  /** @param {HTMLElement} place */
  mount(place) {
    const heading = el("h2", { id: "phone-heading" }, "Phone (simulator)");
    const hint = el(
      "p",
      { class: "hint" },
      "Plays the phones at the RingCentral on this machine. Nobody's phone rings.",
    );
    const start = button("Start a conference", () => this.#run(() => this.#start()));
    const controls = el("div", { class: "phone-controls" }, hint, start, this.#selected, this.#message);
    const details = el("details", {}, el("summary", {}, heading), controls);
    details.open = window.matchMedia("(min-width: 48rem)").matches;
    place.replaceChildren(el("section", { class: "phone", "aria-labelledby": "phone-heading" }, details));
  }

  /**
   * @param {string | null} conferenceId
   * @param {RosterView | undefined} roster of that conference, if it is known
   */
  show(conferenceId, roster) {
    this.#conferenceId = conferenceId;
    this.#selected.hidden = conferenceId === null || roster?.state === "ended";
    const people = (roster?.participants ?? []).filter((person) => person.role !== "host");
    const present = new Set(people.map((person) => person.id));
    for (const [id, item] of this.#items) {
      if (present.has(id)) continue;
      if (item.contains(document.activeElement)) this.#callIn.focus();
      item.remove();
      this.#items.delete(id);
    }
    for (const person of people) this.#showPerson(person);
  }

  /** @param {Participant} person */
  #showPerson(person) {
    const item = this.#items.get(person.id) ?? this.#people.appendChild(el("li"));
    this.#items.set(person.id, item);
    const label = `Hang up ${nameOf(person)}`;
    if (item.textContent === label) return;
    const call = `calls/${encodeURIComponent(person.leg.telephonySessionId)}/hangup`;
    item.replaceChildren(
      button(label, () => this.#run(() => this.#simulator(call, { side: "remote" })), { class: "quiet" }),
    );
  }

  #controls() {
    return el(
      "div",
      { class: "phone-selected", hidden: "" },
      el(
        "div",
        { class: "phone-call", role: "group", "aria-label": "Call somebody in" },
        el("label", { for: "phone-name" }, "Name"),
        this.#name,
        el("label", { for: "phone-number" }, "Number"),
        this.#number,
        this.#callIn,
      ),
      this.#people,
      el(
        "div",
        { class: "phone-host" },
        button("Host leaves", () => this.#run(() => this.#leave()), { class: "quiet" }),
        el("label", { for: "phone-keep" }, this.#keepAlive, " and the conference goes on"),
      ),
    );
  }

  async #start() {
    const created = await this.#ringcentral("/conference", {});
    const id = created.session.id;
    await this.#simulator(`conferences/${encodeURIComponent(id)}/host-join`, {});
    this.#onStarted(id);
  }

  async #call() {
    const conferenceId = this.#conferenceId ?? "";
    const { accountId, extensionId } = this.#user;
    const remote = { name: this.#name.value.trim(), phoneNumber: this.#number.value.trim() };
    this.#propose();
    const call = await this.#simulator("calls", { accountId, extensionId, direction: "Outbound", remote });
    await this.#ringcentral(`/sessions/${encodeURIComponent(conferenceId)}/parties/bring-in`, {
      sessionId: call.telephonySessionId,
      partyId: call.partyId,
    });
  }

  #leave() {
    const conference = encodeURIComponent(this.#conferenceId ?? "");
    return this.#simulator(`conferences/${conference}/host-leave`, { keepConferenceAlive: this.#keepAlive.checked });
  }

  /** Fills in who could be called next. */
  #propose() {
    const index = this.#next++ % PEOPLE.length;
    this.#name.value = PEOPLE[index] ?? "";
    this.#number.value = `+12055550${102 + index}`;
  }

  /** @param {() => Promise<unknown>} action */
  async #run(action) {
    say(this.#message, "");
    try {
      await action();
    } catch (error) {
      say(this.#message, error instanceof Error ? error.message : String(error));
    }
  }

  /**
   * @param {string} path
   * @param {object} body
   */
  async #ringcentral(path, body) {
    return answerOf(await this.#session.ask("POST", TELEPHONY + path, body));
  }

  /**
   * @param {string} path
   * @param {object} body
   */
  async #simulator(path, body) {
    const headers = { "Content-Type": "application/json" };
    const signal = AbortSignal.timeout(PATIENCE_MS);
    const url = `${this.#config.ringCentralServer}/simulator/${path}`;
    return answerOf(await fetch(url, { method: "POST", headers, body: JSON.stringify(body), signal }));
  }
}

/**
 * @param {Response} response
 * @returns {Promise<any>}
 */
async function answerOf(response) {
  const body = await response.json().catch(() => ({}));
  if (!response.ok) throw new Error(`The simulator answers ${response.status}: ${body.message ?? "no reason given"}`);
  return body;
}
