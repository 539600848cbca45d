/** All conferences that the user hosts. */

import assert from "node:assert/strict";
import { EXTENSION_ID, person, problem } from "./server.js";
import { changes, inWorld, MINUTE, names, SECOND } from "./world.js";

inWorld("All active conferences that the user hosts are shown, and new ones as they begin", async (world) => {
  const { server } = world;
  server.mine = new Set(["s-1", "s-2", "s-3"]);
  server.set("s-1", ["Alice"]);
  server.set("s-2", []);
  server.set("s-9", ["Somebody"]);
  const { shown } = world.watch();
  await world.settle();
  server.set("s-3", ["Carla"]);
  await world.settle();
  assert.deepEqual(shown.map(names), [["Alice"], ["Carla"]]);
  assert.deepEqual(shown.map(changes), [[], []]);
});

inWorld("A second watcher is shown at once what is known and active", async (world) => {
  const { server } = world;
  server.mine = new Set(["s-1", "s-2"]);
  server.set("s-1", ["Alice"]);
  server.set("s-2", ["Bob"]);
  world.watch();
  await world.settle();
  server.set("s-2", []);
  await world.settle();
  const { shown } = world.watch();
  await world.advance(0);
  assert.deepEqual(shown.map(names), [["Alice"]]);
});

inWorld("Another's conference is not shown as the user's own because it is watched, too", async (world) => {
  const { server } = world;
  server.mine = new Set(["s-1"]);
  server.set("s-1", ["Alice"]);
  server.set("s-9", ["Somebody"]);
  const mine = world.watch();
  const other = world.watch("s-9");
  await world.settle();
  other.stop();
  server.set("s-9", ["Somebody", "Else"]);
  await world.settle();
  server.last.tell("s-9");
  await world.settle();
  assert.deepEqual(mine.shown.map(names), [["Alice"]]);
  assert.deepEqual(other.shown.map(names), [["Somebody"]]);
});

inWorld("A conference that is watched by its id is the user's own by its host", async (world) => {
  const { server } = world;
  const alice = { role: "host", extensionId: EXTENSION_ID };
  server.mine = new Set(["s-1"]);
  const mine = world.watch();
  world.watch("s-9");
  const one = world.watch("s-1");
  await world.settle();
  server.put("s-1", [person("Alice", alice)]);
  server.put("s-9", [person("Dave", { role: "host", extensionId: "102" })]);
  await world.settle();
  server.put("s-1", []);
  await world.settle();
  assert.deepEqual(one.shown.map(names), [[], ["Alice"], []]);
  assert.deepEqual(
    mine.shown.map(({ conferenceId, version }) => `${conferenceId} ${version}`),
    ["s-1 1", "s-1 2"],
  );
});

inWorld("What ended while the client was away is asked for, and shown", async (world) => {
  const { server } = world;
  server.mine = new Set(["s-1", "s-2", "s-3"]);
  for (const id of server.mine) server.set(id, ["Alice"]);
  const { shown } = world.watch();
  await world.settle();
  server.last.drop();
  server.set("s-1", []);
  server.rosters.delete("s-2");
  await world.advance(4 * SECOND);
  const asked = server.requests.filter(({ path }) => path !== "/tickets").map(({ path }) => path);
  assert.deepEqual(asked, ["/conferences/s-1", "/conferences/s-2"]);
  const [one, two] = shown.slice(3);
  assert.deepEqual(
    [one?.conferenceId, one?.version, one?.state, changes(one)],
    ["s-1", 2, "ended", ["Alice left", "ended"]],
  );
  assert.deepEqual(
    [two?.conferenceId, two?.version, two?.state, changes(two)],
    ["s-2", 1, "ended", ["Alice left", "ended"]],
  );
  assert.equal(one?.sentAt, null);
  assert.equal(shown.length, 5);
  await world.advance(5 * MINUTE);
  assert.equal(server.requests.length, 4, "nothing is asked twice");
});

inWorld("It is asked again if that failed", async (world) => {
  const { server } = world;
  server.mine = new Set(["s-1"]);
  server.set("s-1", ["Alice"]);
  const { shown } = world.watch();
  await world.settle();
  server.last.drop();
  server.set("s-1", []);
  server.otherwise = (path) => (path === "/conferences/s-1" ? problem(503, "storage-failed") : undefined);
  await world.advance(4 * SECOND);
  assert.equal(shown.length, 1);
  server.otherwise = () => undefined;
  await world.advance(31 * SECOND);
  assert.deepEqual(shown.map(changes), [[], ["Alice left", "ended"]]);
});

inWorld("A roster that comes while it is asked for is worth more than no answer", async (world) => {
  const { server } = world;
  server.mine = new Set(["s-1"]);
  server.set("s-1", ["Alice"]);
  const { shown } = world.watch();
  await world.settle();
  server.last.drop();
  const { rosters } = server;
  server.rosters = new Map();
  // When the client asks, the server does not know it; right then it is told.
  server.otherwise = (path) => {
    if (path !== "/conferences/s-1") return undefined;
    server.rosters = rosters;
    server.set("s-1", ["Alice", "Bob"]);
    server.last.tell("s-1");
    return problem(404, "unknown-conference");
  };
  await world.advance(4 * SECOND);
  assert.deepEqual(shown.map(changes), [[], ["Bob joined"]]);
});
