/** Moving over from a connection that expires to another, without a gap. */

import assert from "node:assert/strict";
import { problem } from "./server.js";
import { inWorld, MINUTE, names, SECOND } from "./world.js";

/** A connection with two watchers in its last ten minutes. @param {import("./world.js").World} world */
async function expiring(world) {
  const { server } = world;
  server.set("s-1", ["Alice"]);
  const watchers = [world.watch("s-1"), world.watch("s-2")];
  await world.settle();
  server.last.expiring = true;
  return { server, old: server.last, watchers };
}

inWorld("The old one stays until everything is subscribed to on the new one", async (world) => {
  const { server, old, watchers } = await expiring(world);
  await world.advance(30 * SECOND);
  assert.equal(server.sockets.length, 2);
  assert.deepEqual([...server.last.subscriptions], ["s-1", "s-2"]);
  assert.equal(old.readyState, 3);
  assert.equal(server.mostOpen, 2);
  server.set("s-1", ["Alice", "Bob"]);
  await world.settle();
  assert.deepEqual(watchers[0]?.shown.map(names), [["Alice"], ["Alice", "Bob"]]);
  assert.deepEqual(
    world.states.map(({ state }) => state),
    ["connecting", "open"],
    "nobody noticed",
  );
});

inWorld("Whatever is told meanwhile on either is shown once", async (world) => {
  const { server, old, watchers } = await expiring(world);
  world.rollcall.check();
  for (let number = 0; number < 20; number++) {
    await world.advance(10);
    server.set("s-1", [`Person ${number}`]);
  }
  await world.settle();
  assert.equal(old.readyState, 3);
  const versions = watchers[0]?.shown.map(({ version }) => version);
  assert.deepEqual(versions, [...new Set(versions)]);
  assert.equal(watchers[0]?.shown.at(-1)?.version, 21);
});

inWorld("While one answer is missing, the old one stays; there is only one move at a time", async (world) => {
  const { server, old } = await expiring(world);
  world.rollcall.check();
  while (server.sockets.length === 1) await world.advance(5);
  server.last.isLost = ({ type, conferenceId }) => type === "subscribed" && conferenceId === "s-2";
  await world.advance(25 * SECOND);
  for (let times = 0; times < 3; times++) {
    world.rollcall.check();
    await world.settle();
  }
  assert.deepEqual([old.readyState, server.sockets.length, world.tickets], [1, 2, 2]);
  server.last.isLost = () => false;
  await world.advance(30 * SECOND);
  assert.deepEqual([old.readyState, server.sockets.length, server.open.length], [3, 2, 1]);
});

inWorld("What is watched or stopped during a move is so on the new one", async (world) => {
  const { server, watchers } = await expiring(world);
  world.rollcall.check();
  while (server.sockets.length === 1) await world.advance(5);
  watchers[0]?.stop();
  const { shown } = world.watch("s-3");
  await world.settle();
  assert.deepEqual([...server.last.subscriptions].sort(), ["s-2", "s-3"]);
  assert.equal(shown.length, 1);
});

inWorld("What is watched when the new one is open already is so there, too", async (world) => {
  const { server, old } = await expiring(world);
  world.rollcall.check();
  while (server.open.length === 1) await world.advance(5);
  server.last.isLost = ({ type, conferenceId }) => type === "subscribed" && conferenceId === "s-2";
  await world.advance(100);
  const { shown } = world.watch("s-3");
  await world.settle();
  assert.deepEqual([...server.last.subscriptions], ["s-1", "s-2", "s-3"]);
  assert.deepEqual([old.readyState, shown.length], [1, 1]);
});

inWorld("A move that fails is tried again later, and the old one stays as long as it lasts", async (world) => {
  const { server, old } = await expiring(world);
  server.otherwise = () => problem(503, "storage-failed");
  world.random = 1;
  await world.advance(2 * MINUTE);
  assert.deepEqual([world.state, old.readyState], ["open", 1]);
  assert.ok(world.tickets > 4 && world.tickets < 12, String(world.tickets));
  server.otherwise = () => undefined;
  await world.advance(31 * SECOND);
  assert.deepEqual([world.state, old.readyState, server.open.length], ["open", 3, 1]);
});

inWorld("The old one ends while a move that failed waits", async (world) => {
  const { server, old } = await expiring(world);
  server.otherwise = () => problem(429, "http", { "retry-after": "20" });
  world.rollcall.check();
  await world.settle();
  server.otherwise = () => undefined;
  old.drop();
  assert.equal(world.state, "waiting");
  assert.ok(Number(world.rollcall.state.retryAt) - world.clock.now > 18 * SECOND);
  await world.advance(21 * SECOND);
  assert.deepEqual([world.state, server.open.length], ["open", 1]);
  await world.advance(2 * MINUTE);
  assert.deepEqual([world.tickets, server.sockets.length], [3, 2]);
});

inWorld("The old one is dismissed while a move that failed waits: the longer time counts", async (world) => {
  const { server, old } = await expiring(world);
  server.otherwise = () => problem(503, "storage-failed");
  world.rollcall.check();
  await world.advance(200);
  server.otherwise = () => undefined;
  old.say({ type: "bye", reason: "too-many-connections", retry: "later" });
  await world.advance(29 * SECOND);
  assert.deepEqual([world.state, world.tickets], ["waiting", 2]);
  await world.advance(31 * SECOND);
  assert.equal(world.state, "open");
});

inWorld("The old one ends before the new one is ready", async (world) => {
  const { server, old } = await expiring(world);
  world.rollcall.check();
  while (server.sockets.length === 1) await world.advance(5);
  old.say({ type: "bye", reason: "too-many-connections", retry: "later" });
  await world.advance(2 * MINUTE);
  assert.deepEqual([world.state, server.open.length, server.sockets.length], ["open", 1, 2]);
});

inWorld("The new one breaks: the old one stays", async (world) => {
  const { server, old, watchers } = await expiring(world);
  world.rollcall.check();
  while (server.sockets.length === 1) await world.advance(5);
  server.last.drop();
  assert.equal(world.state, "open");
  server.set("s-1", []);
  await world.advance(20);
  assert.equal(old.readyState, 1);
  assert.equal(watchers[0]?.shown.length, 2);
  await world.advance(2 * SECOND);
  assert.deepEqual([old.readyState, server.open.length], [3, 1]);
});

inWorld("Everybody stops watching during a move: both are closed", async (world) => {
  const { server, watchers } = await expiring(world);
  world.rollcall.check();
  while (server.sockets.length === 1) await world.advance(5);
  server.last.isLost = () => true;
  for (const { stop } of watchers) stop();
  await world.advance(5 * SECOND);
  assert.deepEqual([world.state, server.open.length], ["idle", 0]);
});

inWorld("close during a move ends both", async (world) => {
  const { server } = await expiring(world);
  world.rollcall.check();
  while (server.sockets.length === 1) await world.advance(5);
  await world.advance(25);
  assert.equal(server.open.length, 2);
  world.rollcall.close();
  assert.equal(server.open.length, 0);
});
