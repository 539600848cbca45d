/** When it connects again. */

import assert from "node:assert/strict";
import { json, problem } from "./server.js";
import { inWorld, MINUTE, names, SECOND } from "./world.js";

/** How long was waited each time, in seconds. @param {import("./world.js").World} world */
const waits = (world) => {
  const { requests } = world.server;
  return requests.slice(1).map(({ at }, index) => (at - (requests[index]?.at ?? 0)) / SECOND);
};

inWorld("A connection that broke is replaced, and its watchers are shown what they missed", async (world) => {
  const { server } = world;
  server.set("s-1", ["Alice"]);
  const { shown } = world.watch("s-1");
  await world.settle();
  server.last.drop();
  server.set("s-1", ["Bob"]);
  await world.settle();
  assert.deepEqual(shown.map(names), [["Alice"], ["Bob"]]);
  assert.deepEqual(
    shown[1]?.changes.map(({ type }) => type),
    ["left", "joined"],
  );
  assert.deepEqual(
    world.states.map(({ state, reason }) => reason ?? state),
    ["connecting", "open", "network", "connecting", "open"],
  );
  const waiting = world.states[2];
  assert.equal((waiting?.retryAt ?? 0) - world.clock.now + SECOND, 250);
});

inWorld("It waits a random part of a time that doubles up to 30 s", async (world) => {
  const { server } = world;
  server.opens = false;
  world.random = 1;
  world.watch("s-1");
  await world.advance(3 * MINUTE);
  assert.deepEqual(waits(world).map(Math.round), [1, 1, 2, 4, 8, 16, 30, 30, 30, 30]);
  world.random = 0.1;
  await world.advance(31 * SECOND);
  const { requests } = server;
  await world.advance(20 * SECOND);
  assert.ok(requests.length > 15, "a tenth of the time");
});

inWorld("Only a connection that stays begins anew", async (world) => {
  const { server } = world;
  world.random = 1;
  world.watch("s-1");
  for (let times = 0; times < 4; times++) {
    await world.advance(11 * SECOND);
    server.last.drop();
  }
  assert.deepEqual(
    waits(world).map((wait) => Math.abs(wait - 11) < 0.7),
    [true, true, true],
  );
});

inWorld("One that was open for a moment does not", async (world) => {
  const { server } = world;
  world.random = 1;
  world.watch("s-1");
  for (let times = 0; times < 5; times++) {
    while (world.state !== "open") await world.advance(100);
    server.last.drop();
  }
  const [first, second, third, fourth] = waits(world);
  assert.ok(Number(first) < 1 && Number(second) > 1 && Number(third) > 2 && Number(fourth) > 4, String(waits(world)));
});

inWorld("A ticket that can't be had is asked for again: network, timeout, 5xx, another's page", async (world) => {
  const { server } = world;
  const answers = ["fails", "hangs", problem(503, "storage-failed"), new Response("<p>Sign in"), json(200, {})];
  server.otherwise = () => /** @type {any} */ (answers.shift());
  world.watch("s-1");
  await world.advance(MINUTE);
  const reasons = world.states.map(({ state, reason }) => reason ?? state).filter((word) => word !== "connecting");
  assert.deepEqual(reasons, ["network", "timeout", "storage-failed", "network", "open"]);
});

inWorld("Retry-After is obeyed, by everybody", async (world) => {
  const { server } = world;
  const answers = [problem(429, "ringcentral-rate-limited", { "retry-after": "40" })];
  server.otherwise = () => answers.shift();
  world.watch("s-1");
  await world.settle();
  const { retryAt = 0 } = world.rollcall.state;
  assert.ok(retryAt - world.clock.now > 39 * SECOND);
  world.rollcall.check();
  world.events.dispatchEvent(new Event("online"));
  world.watch("s-2").stop();
  await world.advance(38 * SECOND);
  assert.equal(world.tickets, 1);
  await world.advance(3 * SECOND);
  assert.equal(world.state, "open");
});

inWorld("What is waited for is not got around by watching anew", async (world) => {
  const { server } = world;
  const answers = [problem(429, "ringcentral-rate-limited", { "retry-after": "40" })];
  server.otherwise = () => answers.shift();
  world.watch("s-1").stop();
  await world.advance(10 * SECOND);
  world.watch("s-1");
  await world.advance(20 * SECOND);
  assert.equal(world.tickets, 1);
  await world.advance(12 * SECOND);
  assert.equal(world.state, "open");
});

inWorld("Nobody watches any more when the waiting is over: idle", async (world) => {
  world.server.opens = false;
  const { stop } = world.watch("s-1");
  await world.advance(20 * SECOND);
  assert.equal(world.state, "waiting");
  stop();
  await world.advance(MINUTE);
  assert.equal(world.state, "idle");
});

inWorld("online tries at once, and begins anew", async (world) => {
  const { server } = world;
  server.opens = false;
  world.random = 1;
  world.watch("s-1");
  await world.advance(MINUTE);
  const before = world.tickets;
  world.events.dispatchEvent(new Event("online"));
  await world.advance(0);
  assert.equal(world.tickets, before + 1);
  await world.advance(100);
  assert.equal((world.rollcall.state.retryAt ?? 0) - world.clock.now < 500, true);
});

inWorld("A clock that is set back makes it wait no longer", async (world) => {
  const { server } = world;
  world.watch("s-1");
  await world.settle();
  server.last.drop();
  await world.settle();
  world.setBack = 60 * MINUTE;
  server.last.drop();
  await world.advance(2 * SECOND);
  assert.deepEqual([world.state, server.sockets.length], ["open", 3]);
});

inWorld("check while waiting tries at once", async (world) => {
  const { server } = world;
  server.opens = false;
  world.random = 1;
  world.watch("s-1");
  await world.advance(MINUTE);
  server.opens = true;
  world.rollcall.check();
  world.rollcall.check();
  await world.advance(100);
  assert.deepEqual([world.state, server.open.length], ["open", 1]);
});

inWorld("Errors that can't get better close the client", async (world) => {
  for (const [status, code] of /** @type {const} */ ([
    [403, "origin-not-allowed"],
    [404, "unknown-route"],
    [400, "invalid-request"],
  ])) {
    const undo = world.install();
    world.server.otherwise = () => problem(status, code);
    world.watch("s-1");
    await world.settle();
    assert.deepEqual([world.state, world.rollcall.state.reason], ["closed", code]);
    undo();
  }
});

inWorld("401: a fresh token is asked for once, then it waits", async (world) => {
  const { server } = world;
  server.otherwise = () => problem(401, "unauthenticated");
  world.watch("s-1");
  await world.advance(200);
  assert.deepEqual(world.asked, ["needed", "refused"]);
  assert.deepEqual([world.state, world.rollcall.state.reason], ["waiting", "unauthenticated"]);
  await world.settle();
  assert.deepEqual(world.asked.slice(2, 4), ["needed", "refused"]);
});

inWorld("A token that can't be had closes the client", async (world) => {
  world.token = async (why) => {
    if (why === "refused") throw new Error("signed out");
    return "stale";
  };
  world.server.otherwise = () => problem(401, "unauthenticated");
  world.watch("s-1");
  await world.settle();
  assert.deepEqual([world.state, world.rollcall.state.reason], ["closed", "signed-out"]);
});

for (const [reason, retry] of [
  ["too-many-messages", "later"],
  ["too-many-connections", "later"],
]) {
  inWorld(`Bye ${reason}: it waits 30 to 60 s`, async (world) => {
    const { server } = world;
    world.random = 0.9;
    world.watch("s-1");
    await world.settle();
    server.last.say({ type: "bye", reason, retry });
    await world.advance(100);
    assert.deepEqual([world.state, world.rollcall.state.reason], ["waiting", reason]);
    assert.equal(server.open.length, 0);
    world.rollcall.check();
    await world.advance(56 * SECOND);
    assert.equal(world.tickets, 1);
    await world.advance(5 * SECOND);
    assert.equal(world.state, "open");
  });
}

inWorld("Bye expired: it connects again at once", async (world) => {
  const { server } = world;
  world.watch("s-1");
  await world.advance(20 * SECOND);
  server.last.say({ type: "bye", reason: "expired", retry: "now" });
  await world.settle();
  assert.deepEqual([world.state, server.open.length, server.sockets.length], ["open", 1, 2]);
});

inWorld("Bye never: closed", async (world) => {
  world.watch("s-1");
  await world.settle();
  world.server.last.say({ type: "bye", reason: "gone-for-good", retry: "never" });
  await world.settle();
  assert.deepEqual([world.state, world.rollcall.state.reason], ["closed", "gone-for-good"]);
});
