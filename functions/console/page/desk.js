/** What is there once somebody is signed in: hears the rosters and passes each on to whatever shows a part of it. */

import { Announcer } from "./announcer.js";
import { ConferenceList } from "./conference-list.js";
import { Connection } from "./connection.js";
import { DelayPlot } from "./delay-plot.js";
import { byId } from "./dom.js";
import { ListSource } from "./list-source.js";
import { Removals } from "./removal.js";
import { Rollcall } from "./rollcall.js";
import { RosterView as View } from "./roster-view.js";
import { Rosters } from "./rosters.js";
import { tick } from "./time.js";
import { Timeline } from "./timeline.js";
import { sentence, shortId } from "./words.js";

/**
 * @import { Config } from "./sign-in.js"
 * @import { Session, User } from "./session.js"
 * @import { RosterView } from "../../../client/messages.d.ts"
 * @import { ConnectionState, Roster, RosterChange as Change } from "../../../client/rollcall.d.ts"
 * @import { News } from "./rosters.js"
 * @import { Phone } from "./phone.js"
 */

export class Desk {
  #rosters;
  #rollcall;
  #removals;
  #view;
  #list = new ConferenceList();
  #connection = new Connection();
  #timeline = new Timeline();
  #plot = new DelayPlot();
  #announcer = new Announcer();
  #onSignedOut;
  /** @type {Phone | null} */
  #phone = null;
  /** @type {string | null} */
  #selected = null;
  #stopWatching = () => {};
  #source;

  /**
   * @param {Session} session
   * @param {User} user
   * @param {() => void} onSignedOut RingCentral ended the login
   */
  constructor(session, user, onSignedOut) {
    this.#onSignedOut = onSignedOut;
    this.#rosters = new Rosters(user.extensionId);
    this.#rollcall = new Rollcall({
      api: new URL("..", location.href).href.replace(/\/$/, ""),
      token: (why) => session.token(why),
      onState: (state) => this.#showConnection(state),
    });
    this.#removals = new Removals(
      this.#rollcall,
      (removal) => this.#view.showRemoval(removal),
      (conferenceId, text) => this.#tell("removal", conferenceId, text),
    );
    this.#view = new View(this.#removals);
    this.#source = new ListSource(
      this.#rollcall,
      (roster) => this.#hear(roster, false),
      (active, askedAt) => this.#list.keepOnly(active, askedAt),
    );
  }

  open() {
    window.addEventListener("hashchange", () => this.#select());
    window.setInterval(() => this.#tick(), 1000);
    this.#rollcall.watchMine((roster) => this.#hear(roster, true));
    this.#select();
    this.#source.start();
  }

  /**
   * Loads the simulator's phones, which no other installation needs.
   *
   * @param {Config} config
   * @param {Session} session
   * @param {User} user
   */
  async addPhone(config, session, user) {
    const { Phone } = await import("./phone.js");
    this.#phone = new Phone(config, session, user, (conferenceId) => {
      location.hash = encodeURIComponent(conferenceId);
    });
    this.#phone.mount(byId("phone-place"));
    this.#showPhone();
  }

  close() {
    this.#rollcall.close();
  }

  /**
   * @param {RosterView | Roster} roster
   * @param {boolean} mine
   */
  #hear(roster, mine) {
    const news = this.#rosters.take(roster, mine);
    if (news === null) return;
    const { known, changes } = news;
    this.#list.show(known);
    if (roster.conferenceId === this.#selected) {
      this.#view.show(known, changes);
      this.#showPhone();
      this.#showDoubt();
    }
    const entries = changes.map((change) => this.#tellChange(roster.conferenceId, change, news));
    this.#removals.settle(known.roster);
    if (!("changes" in roster) || entries.length === 0) return;
    this.#plot.measure(roster, this.#connection, (ms) => {
      for (const entry of entries) this.#timeline.showDelay(entry, ms);
    });
  }

  /**
   * @param {string} conferenceId
   * @param {Change} change
   * @param {News} news
   */
  #tellChange(conferenceId, change, { before }) {
    const found = change.type !== "ended" && change.source !== undefined;
    const removed = change.type === "left" && this.#removals.isRemoving(conferenceId, change.participant.id);
    return this.#tell(change.type, conferenceId, sentence(change, before, removed), found);
  }

  /**
   * @param {Change["type"] | "removal"} kind
   * @param {string} conferenceId
   * @param {string} text
   * @param {boolean} [found]
   */
  #tell(kind, conferenceId, text, found = false) {
    if (conferenceId === this.#selected) this.#announcer.say(text);
    return this.#timeline.add(kind, text, { about: shortId(conferenceId), found });
  }

  /** @param {ConnectionState} state */
  #showConnection(state) {
    this.#connection.show(state);
    this.#showDoubt();
    if (state.state === "closed" && state.reason === "signed-out") this.#onSignedOut();
    this.#timeline.addConnection(state);
  }

  /** What is known of the selected conference. */
  get #known() {
    return this.#selected === null ? undefined : this.#rosters.get(this.#selected);
  }

  #showDoubt() {
    const known = this.#known;
    this.#view.showStale(known ? this.#connection.doubt(known.receivedAt) : "");
  }

  #showPhone() {
    this.#phone?.show(this.#selected, this.#known?.roster);
  }

  /** Selects the conference that the address names, so that links and reloading work. */
  #select() {
    this.#stopWatching();
    const id = idInHash();
    this.#selected = id;
    this.#list.select(id);
    this.#view.select(id);
    if (this.#known) this.#view.show(this.#known, []);
    this.#showPhone();
    this.#showDoubt();
    this.#stopWatching = id === null ? () => {} : this.#rollcall.watch(id, (roster) => this.#hear(roster, false));
  }

  #tick() {
    tick();
    this.#connection.tick();
    this.#removals.tick();
  }
}

function idInHash() {
  try {
    return decodeURIComponent(location.hash.slice(1)) || null;
  } catch {
    return null; // somebody's own address, with a stray %
  }
}
