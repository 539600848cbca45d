/** A client in a world of its own: with a clock, a server, a browser's events, and notes of all that it was told. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { Rollcall } from "../rollcall.js";
import { Clock } from "./clock.js";
import { Server } from "./server.js";

export const SECOND = 1000;
export const MINUTE = 60 * SECOND;

/** @typedef {import("../rollcall.d.ts").Roster} Roster */

export class World {
  clock = new Clock();
  server = new Server(this.clock);
  /** @type {import("../rollcall.d.ts").ConnectionState[]} */
  states = [];
  /** Why a token was asked for. @type {string[]} */
  asked = [];
  /** @type {(why: "needed" | "refused") => string | Promise<string>} */
  token = () => "token";
  /** Errors of callbacks. @type {unknown[]} */
  uncaught = [];
  /** What Math.random gives. */
  random = 0.5;
  /** How far the device's clock was set back, in milliseconds. */
  setBack = 0;
  /** What the browser tells: online, visibilitychange. */
  events = new EventTarget();
  /** @type {Set<string>} */
  listening = new Set();
  /** The client; there once the world is installed. */
  rollcall = /** @type {Rollcall} */ (/** @type {unknown} */ (undefined));

  /** Take the place of everything that the client finds around it. Returns the way back. */
  install() {
    const queue = globalThis.queueMicrotask;
    const caught = (/** @type {() => void} */ then) => () => {
      try {
        then();
      } catch (error) {
        this.uncaught.push(error);
      }
    };
    const undo = [
      replace(globalThis, this.clock.globals),
      replace(globalThis, { fetch: this.server.fetch, WebSocket: this.server.WebSocket }),
      replace(globalThis, { queueMicrotask: (/** @type {() => void} */ then) => queue(caught(then)) }),
      replace(globalThis, { addEventListener: this.#listen }),
      replace(Date, { now: () => this.clock.now - this.setBack }),
      replace(Math, { random: () => this.random }),
      replace(AbortSignal, { timeout: (/** @type {number} */ delay) => this.clock.timeout(delay) }),
    ];
    this.rollcall = new Rollcall({
      api: "http://api",
      token: (why) => {
        this.asked.push(why);
        return this.token(why);
      },
      onState: (state) => this.states.push(state),
    });
    return () => undo.forEach((one) => void one());
  }

  /** @type {(name: string, then: () => void, options: { signal: AbortSignal }) => void} */
  #listen = (name, then, options) => {
    this.listening.add(name);
    options.signal.addEventListener("abort", () => this.listening.delete(name));
    this.events.addEventListener(name, then, options);
  };

  /** What a watcher of one conference, or of all the user's own, is shown. @param {string} [conferenceId] */
  watch(conferenceId) {
    /** @type {Roster[]} */
    const shown = [];
    const onRoster = (/** @type {Roster} */ roster) => void shown.push(roster);
    const { rollcall } = this;
    const stop = conferenceId === undefined ? rollcall.watchMine(onRoster) : rollcall.watch(conferenceId, onRoster);
    return { shown, stop };
  }

  /** @param {number} delay milliseconds */
  advance(delay) {
    return this.clock.advance(delay);
  }

  /** Let a connection be opened and everything be said. */
  settle() {
    return this.clock.advance(SECOND);
  }

  get state() {
    return this.rollcall.state.state;
  }

  /** How often a ticket was asked for. */
  get tickets() {
    return this.server.requests.filter(({ path }) => path === "/tickets").length;
  }
}

/** A test in a world of its own. At its end the client is closed, and must leave nothing behind.
 * @param {string} name @param {(world: World) => Promise<void>} body */
export function inWorld(name, body) {
  test(name, async () => {
    const world = new World();
    const undo = world.install();
    try {
      await body(world);
      world.rollcall.close();
      await world.settle();
      assert.equal(world.clock.pending, 0, "a timer is left");
      assert.equal(world.server.open.length, 0, "a connection is left");
      assert.equal(world.listening.size, 0, "a listener is left");
      assert.equal(world.state, "closed");
    } finally {
      undo();
    }
  });
}

/** The names of those who are in. @param {Roster | undefined} roster */
export const names = (roster) => roster?.participants.map(({ name }) => name);

/** A change in few words. @param {Roster | undefined} roster */
export const changes = (roster) =>
  roster?.changes.map((change) => (change.type === "ended" ? "ended" : `${change.participant.name} ${change.type}`));

/** @param {any} target @param {Record<string, unknown>} values */
function replace(target, values) {
  const before = Object.keys(values).map((name) => [name, Object.getOwnPropertyDescriptor(target, name)]);
  for (const [name, value] of Object.entries(values)) {
    Object.defineProperty(target, name, { value, configurable: true, writable: true });
  }
  return () => {
    for (const [name, descriptor] of before) {
      if (descriptor) Object.defineProperty(target, /** @type {string} */ (name), /** @type {any} */ (descriptor));
      else delete target[/** @type {string} */ (name)];
    }
  };
}
