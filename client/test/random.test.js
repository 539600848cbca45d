/**
 * Whatever happens: what a watcher was shown, replayed through its changes, is the server's roster in the end.
 *
 * SEED=… plays one world again, WORLDS=… as many as one likes.
 */

import assert from "node:assert/strict";
import { problem } from "./server.js";
import { inWorld, MINUTE, SECOND } from "./world.js";

const CONFERENCES = ["s-1", "s-2", "s-3", "s-4"];
const PEOPLE = ["Alice", "Bob", "Carla", "Dave"];
const STEPS = 150;
const [first, worlds] = process.env.SEED ? [Number(process.env.SEED), 1] : [1, Number(process.env.WORLDS ?? 40)];

/** Numbers from 0 to 1 that follow from a seed. @param {number} seed */
function numbers(seed) {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** Follow the changes of each conference, and hold them against the rosters. @param {import("./world.js").Roster[]} shown */
function replayed(shown) {
  /** @type {Map<string, { version: number, people: Map<string, object>, state: string }>} */
  const seen = new Map();
  for (const { conferenceId, version, state, participants, changes } of shown) {
    const before = seen.get(conferenceId);
    const people = new Map(before?.people ?? participants.map((person) => [person.id, person]));
    if (before) {
      const gone = before.version === version && before.state === "active" && state === "ended";
      assert.ok(version > before.version || gone, `${conferenceId}: ${version} after ${before.version}`);
      const ends = before.state === "active" && state === "ended";
      assert.equal(changes.filter(({ type }) => type === "ended").length, ends ? 1 : 0);
    } else assert.deepEqual(changes, []);
    for (const change of changes) {
      if (change.type === "ended") continue;
      const { type, participant } = change;
      assert.equal(people.has(participant.id), type !== "joined", `${participant.id} ${type}`);
      if (type === "left") people.delete(participant.id);
      else people.set(participant.id, participant);
    }
    assert.deepEqual(new Set(people.keys()), new Set(participants.map(({ id }) => id)));
    for (const person of participants) assert.deepEqual(people.get(person.id), person);
    seen.set(conferenceId, { version, people, state });
  }
  return seen;
}

for (let seed = first; seed < first + worlds; seed++) {
  inWorld(`World ${seed}`, async (world) => {
    const { server } = world;
    const next = numbers(seed);
    const chance = (/** @type {number} */ of) => next() < of;
    const one = (/** @type {any[]} */ from) => from[Math.floor(next() * from.length)];
    server.mine = new Set(CONFERENCES.slice(2));
    /** @typedef {{ topic: string | undefined, shown: import("./world.js").Roster[], stop: () => void }} Watcher */
    /** @type {Watcher[]} */
    const watchers = [];
    /** @type {Watcher[]} */
    const stopped = [];
    const watch = (/** @type {string | undefined} */ topic) => watchers.push({ topic, ...world.watch(topic) });
    /** @type {(() => unknown)[]} */
    const steps = [
      () =>
        server.set(
          one(CONFERENCES),
          PEOPLE.filter(() => chance(0.4)),
        ),
      () =>
        server.set(
          one(CONFERENCES),
          PEOPLE.filter(() => chance(0.4)),
          chance(0.7),
        ),
      () => server.set(one(CONFERENCES), []),
      () => {
        const id = one(CONFERENCES);
        for (const socket of server.open) if (socket.watches(id)) socket.tell(id);
      },
      () => watchers.length < 8 && watch(one(["s-1", "s-2", undefined])),
      () => watchers.length && chance(0.5) && stopped.push(...watchers.splice(Math.floor(next() * watchers.length), 1)),
      () => chance(0.3) && server.sockets.at(-1)?.drop(),
      () => chance(0.3) && world.clock.sleep(next() * 20 * MINUTE),
      () => chance(0.3) && world.rollcall.check(),
      () => {
        for (const { stop } of stopped) stop();
      },
      () => {
        for (const socket of server.open) socket.expiring = chance(0.5);
      },
      () => {
        const fault = one([() => undefined, () => "fails", () => problem(503, "storage-failed")]);
        server.otherwise = () => (chance(0.5) ? fault() : undefined);
      },
    ];
    for (let step = 0; step < STEPS; step++) {
      one(steps)();
      for (const socket of server.open) {
        const [lost, repeated] = [chance(0.1), chance(0.2)];
        socket.isLost = () => lost && chance(0.5);
        socket.slower = () => (repeated ? next() * 3 * SECOND : next() * 50);
      }
      await world.advance(next() * 2 * SECOND);
      assert.ok(server.open.length <= 2);
    }
    server.otherwise = () => undefined;
    for (const socket of server.sockets) socket.drop();
    await world.advance(3 * MINUTE);
    for (const { topic, shown } of watchers) {
      const seen = replayed(shown);
      for (const id of topic ? [topic] : server.mine) {
        const roster = server.rosters.get(id);
        const last = seen.get(id);
        if (!last && (!roster || (!topic && roster.state === "ended"))) continue;
        const people = roster?.participants ?? [];
        assert.deepEqual([...(last?.people.keys() ?? [])].sort(), people.map((person) => person.id).sort(), id);
        assert.equal(last?.state, roster?.state ?? "active");
        // Of what had ended before, a list does not tell that it began and ended once more.
        if (topic || roster?.state === "active") assert.equal(last?.version, roster?.version ?? 0);
      }
      if (topic) assert.deepEqual([...seen.keys()], [topic]);
      else assert.ok([...seen.keys()].every((id) => server.mine.has(id)));
    }
    for (const { shown } of stopped) replayed(shown);
    assert.equal(server.open.length, world.state === "idle" ? 0 : 1);
  });
}
