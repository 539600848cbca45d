/** The server's limits are kept, and the client's own: its size. */

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { gzipSync } from "node:zlib";
import { inWorld, MINUTE, SECOND } from "./world.js";

const conferences = (/** @type {number} */ number) => Array.from({ length: number }, (_, index) => `s-${index}`);

inWorld("50 are watched at once; one more throws", async (world) => {
  const { server } = world;
  const watchers = conferences(49).map((id) => world.watch(id));
  world.watch();
  assert.throws(() => world.watch("s-one-more"), { name: "Error", code: "too-many-subscriptions", status: 0 });
  world.watch("s-1");
  await world.settle();
  assert.equal(world.state, "open");
  assert.equal(server.last.subscriptions.size, 50);
  watchers[0]?.stop();
  const { shown } = world.watch("s-one-more");
  await world.advance(10 * SECOND);
  assert.equal(shown.length, 1, "its place was still taken the first time");
});

inWorld("After a reconnect all of 50 are subscribed to at once", async (world) => {
  const { server } = world;
  for (const id of conferences(50)) world.watch(id);
  await world.settle();
  server.last.drop();
  await world.settle();
  assert.equal(server.last.subscriptions.size, 50);
});

inWorld("A client that changes its mind all the time is never dismissed", async (world) => {
  const { server } = world;
  const kept = conferences(20).map((id) => world.watch(id));
  for (let times = 0; times < 600; times++) {
    const stops = conferences(5).map((id) => world.watch(`${id}-${times}`).stop);
    await world.advance(times % 20 ? 40 : 10 * SECOND);
    for (const stop of stops) stop();
    world.rollcall.check();
  }
  const last = world.watch("s-last");
  await world.advance(2 * MINUTE);
  assert.deepEqual([world.state, server.sockets.length], ["open", 1]);
  assert.deepEqual([...server.last.subscriptions].sort(), [...conferences(20), "s-last"].sort());
  assert.equal(last.shown.length, 1);
  assert.equal(kept[0]?.shown.length, 1);
});

test("The client has less than 5,000 bytes, compressed as it is", () => {
  const size = gzipSync(readFileSync(new URL("../rollcall.js", import.meta.url)), { level: 9 }).length;
  assert.ok(size < 5000, `${size} bytes`);
});
