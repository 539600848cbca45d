/** What a watcher is shown. */

import assert from "node:assert/strict";
import { person } from "./server.js";
import { changes, inWorld, names } from "./world.js";

inWorld("Nothing is watched: there is no connection", async (world) => {
  await world.settle();
  assert.deepEqual([world.state, world.tickets, world.server.sockets.length], ["idle", 0, 0]);
});

inWorld("A watcher is shown the roster as it stands, then each change", async (world) => {
  const { server } = world;
  server.set("s-1", ["Alice"]);
  const { shown } = world.watch("s-1");
  await world.settle();
  server.set("s-1", ["Alice", "Carla"]);
  server.put("s-1", [person("Alice", { muted: true }), person("Carla")]);
  server.set("s-1", ["Carla"]);
  server.set("s-1", []);
  await world.settle();
  assert.deepEqual(shown.map(changes), [
    [],
    ["Carla joined"],
    ["Alice updated"],
    ["Alice left"],
    ["Carla left", "ended"],
  ]);
  assert.deepEqual(shown.map(names), [["Alice"], ["Alice", "Carla"], ["Alice", "Carla"], ["Carla"], []]);
  assert.deepEqual(
    shown.map(({ state }) => state),
    ["active", "active", "active", "active", "ended"],
  );
  assert.ok(shown.every(({ receivedAt, sentAt }) => receivedAt - Date.parse(sentAt ?? "") === 20));
});

inWorld("An ended conference can become active again", async (world) => {
  world.server.set("s-1", []);
  const { shown } = world.watch("s-1");
  await world.settle();
  world.server.set("s-1", ["Alice"]);
  await world.settle();
  assert.deepEqual(shown.map(changes), [[], ["Alice joined"]]);
});

inWorld("Before anybody was in, the roster has version 0", async (world) => {
  const { shown } = world.watch("s-1");
  await world.settle();
  assert.deepEqual([shown[0]?.version, shown[0]?.state, shown[0]?.participants], [0, "active", []]);
});

inWorld("Reason and source are those that the server told, of this very change", async (world) => {
  const { server } = world;
  server.set("s-1", ["Alice", "Bob"]);
  const { shown } = world.watch("s-1");
  await world.settle();
  server.set("s-1", ["Carla"], true, [
    { type: "joined", participant: person("Carla"), source: "reconciliation" },
    { type: "left", participant: person("Alice"), reason: "Disconnected" },
  ]);
  await world.settle();
  assert.deepEqual(shown[1]?.changes, [
    { type: "left", participant: person("Alice"), reason: "Disconnected" },
    { type: "left", participant: person("Bob") },
    { type: "joined", participant: person("Carla"), source: "reconciliation" },
  ]);
});

inWorld("Equal and older versions are not shown; a higher one is, even if nothing visible changed", async (world) => {
  const { server } = world;
  server.set("s-1", ["Alice"]);
  const { shown } = world.watch("s-1");
  await world.settle();
  const [older] = [server.rosters.get("s-1")];
  server.set("s-1", ["Alice"]);
  server.last.tell("s-1");
  server.last.say({ type: "roster", ...older, participants: [], changes: [], sentAt: "2026-03-04T10:00:00.000Z" });
  await world.settle();
  assert.deepEqual(
    shown.map(({ version }) => version),
    [1, 2],
  );
  assert.deepEqual(shown[1]?.changes, []);
});

inWorld("Watchers of one conference share a subscription, and each has its own point of view", async (world) => {
  const { server } = world;
  server.set("s-1", ["Alice"]);
  const first = world.watch("s-1");
  await world.settle();
  server.set("s-1", ["Alice", "Bob"]);
  await world.settle();
  const second = world.watch("s-1");
  assert.deepEqual(second.shown, [], "nothing is shown before the caller can stop it");
  await world.advance(0);
  assert.deepEqual(second.shown.map(changes), [[]]);
  assert.deepEqual(names(second.shown[0]), ["Alice", "Bob"]);
  server.set("s-1", ["Bob"]);
  await world.settle();
  assert.deepEqual(first.shown.map(changes), [[], ["Bob joined"], ["Alice left"]]);
  assert.deepEqual(second.shown.map(changes), [[], ["Alice left"]]);
  assert.equal(server.last.frames.filter(({ action }) => action === "subscribe").length, 1);
  first.stop();
  server.set("s-1", []);
  await world.settle();
  assert.equal(first.shown.length, 3);
  assert.equal(second.shown.length, 3);
  assert.equal(server.last.frames.filter(({ action }) => action === "unsubscribe").length, 0);
});

inWorld("A watcher that stops before it was shown anything is shown nothing", async (world) => {
  world.server.set("s-1", ["Alice"]);
  world.watch("s-1");
  await world.settle();
  const { shown, stop } = world.watch("s-1");
  stop();
  stop();
  await world.settle();
  assert.deepEqual(shown, []);
});

inWorld("What nobody watched meanwhile is not shown as it was", async (world) => {
  const { server } = world;
  server.set("s-1", ["Alice"]);
  world.watch("s-2");
  world.watch("s-1").stop();
  await world.settle();
  const early = world.watch("s-1");
  await world.settle();
  early.stop();
  await world.settle();
  server.set("s-1", ["Bob"]);
  const late = [world.watch("s-1"), world.watch("s-1")];
  await world.settle();
  for (const { shown } of late) assert.deepEqual(shown.map(names), [["Bob"]]);
});

inWorld("An error of a callback is reported, and nothing else happens", async (world) => {
  const { server } = world;
  server.set("s-1", ["Alice"]);
  world.rollcall.watch("s-1", () => {
    throw new Error("mine");
  });
  const { shown } = world.watch("s-1");
  await world.settle();
  server.set("s-1", []);
  await world.settle();
  assert.deepEqual(shown.map(changes), [[], ["Alice left", "ended"]]);
  assert.deepEqual(world.uncaught.map(String), ["Error: mine", "Error: mine"]);
});

inWorld("Callbacks may stop watchers, watch and close", async (world) => {
  const { server } = world;
  server.set("s-1", ["Alice"]);
  const other = world.watch("s-1");
  world.rollcall.watch("s-1", ({ version }) => (version === 1 ? other.stop() : world.rollcall.close()));
  const last = world.watch("s-1");
  await world.settle();
  server.set("s-1", []);
  await world.settle();
  assert.equal(other.shown.length, 1);
  assert.equal(last.shown.length, 1);
  assert.equal(world.state, "closed");
});
