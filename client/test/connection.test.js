/** Opening, keeping and ending a connection, and what the state is. */

import assert from "node:assert/strict";
import { problem } from "./server.js";
import { inWorld, MINUTE, names, SECOND } from "./world.js";

const pings = (/** @type {{ frames: any[] }} */ socket) =>
  socket.frames.filter(({ action }) => action === "ping").length;

inWorld("The first watch opens a connection with a ticket; the last stop closes it a little later", async (world) => {
  const { server } = world;
  const first = world.watch("s-1");
  await world.settle();
  assert.equal(server.last.url, "ws://api/ws?ticket=t.1");
  assert.deepEqual(server.requests[0]?.method, "POST");
  first.stop();
  await world.advance(2 * SECOND);
  const second = world.watch("s-2");
  await world.advance(10 * SECOND);
  assert.deepEqual([world.state, server.sockets.length], ["open", 1]);
  second.stop();
  await world.advance(2 * SECOND);
  assert.deepEqual([...server.last.subscriptions], []);
  assert.equal(server.open.length, 1);
  await world.advance(2 * SECOND);
  assert.deepEqual([world.state, server.open.length], ["idle", 0]);
  world.watch("s-1");
  await world.settle();
  assert.deepEqual([world.state, server.open.length], ["open", 1]);
  assert.deepEqual(
    world.states.map(({ state }) => state),
    ["connecting", "open", "idle", "connecting", "open"],
  );
});

inWorld("Nobody watches any more before the connection is open: none is", async (world) => {
  world.server.opens = "hangs";
  world.watch("s-1").stop();
  await world.advance(MINUTE);
  assert.deepEqual([world.state, world.tickets], ["idle", 1]);
});

inWorld("Nobody watches any more while the ticket is on its way: it is not used", async (world) => {
  const { server } = world;
  /** @type {(() => void)[]} */
  const arrivals = [];
  world.token = () => new Promise((resolve) => arrivals.push(() => resolve("token")));
  world.watch("s-1").stop();
  await world.advance(4 * SECOND);
  assert.equal(world.state, "idle");
  world.watch("s-1");
  await world.settle();
  for (const arrive of arrivals) arrive();
  await world.settle();
  assert.deepEqual([world.state, world.tickets, server.sockets.length], ["open", 2, 1]);
});

inWorld("It is open when everything is subscribed to", async (world) => {
  const { server } = world;
  world.watch("s-1");
  await world.advance(50);
  server.last.isLost = ({ type }) => type === "subscribed";
  await world.advance(5 * SECOND);
  assert.equal(world.state, "connecting");
  server.last.isLost = () => false;
  await world.advance(30 * SECOND);
  assert.equal(world.state, "open");
  assert.equal(server.sockets.length, 1);
});

inWorld(
  "A subscription that DynamoDB failed is asked for again after 5 s, one that means nothing is not",
  async (world) => {
    const { server } = world;
    server.set("s-1", ["Alice"]);
    const { shown } = world.watch("s-1");
    world.watch("nonsense");
    await world.advance(30);
    let failures = 2;
    server.last.otherwise = ({ conferenceId }) => {
      if (conferenceId === "nonsense") return { type: "error", code: "invalid-message", message: "" };
      if (conferenceId === "s-1" && failures-- > 0) return { type: "error", code: "storage-failed", message: "" };
      return undefined;
    };
    await world.advance(5 * SECOND);
    assert.deepEqual([shown.length, world.state], [0, "connecting"]);
    await world.advance(6 * SECOND);
    assert.deepEqual(shown.map(names), [["Alice"]]);
    await world.advance(5 * MINUTE);
    assert.equal(world.state, "open");
    assert.equal(server.last.frames.filter(({ conferenceId }) => conferenceId === "nonsense").length, 1);
  },
);

inWorld("A subscription for which there was no room yet is asked for again", async (world) => {
  const { server } = world;
  world.watch("s-1");
  await world.settle();
  let refusals = 1;
  const tooMany = { type: "error", code: "too-many-subscriptions", message: "50." };
  server.last.otherwise = ({ action }) => (action === "subscribe" && refusals-- > 0 ? tooMany : undefined);
  const { shown } = world.watch("s-2");
  await world.advance(6 * SECOND);
  assert.equal(shown.length, 1);
});

inWorld("One topic's frames wait for each other's answers", async (world) => {
  const { server } = world;
  const first = world.watch("s-1");
  world.watch("s-2");
  await world.settle();
  first.stop();
  const again = world.watch("s-1");
  await world.settle();
  again.stop();
  world.watch("s-1").stop();
  world.watch("s-1");
  await world.settle();
  const said = server.last.frames.filter(({ conferenceId }) => conferenceId === "s-1").map(({ action }) => action);
  assert.deepEqual(said, ["subscribe", "unsubscribe", "subscribe", "unsubscribe", "subscribe"]);
  assert.deepEqual([...server.last.subscriptions].sort(), ["s-1", "s-2"]);
});

inWorld("It pings every 30 s, also while rosters come", async (world) => {
  const { server } = world;
  world.watch("s-1");
  await world.settle();
  for (let second = 0; second < 300; second += 5) {
    server.set("s-1", [`Somebody ${second}`]);
    await world.advance(5 * SECOND);
  }
  assert.ok(pings(server.last) >= 10 && pings(server.last) <= 11, String(pings(server.last)));
  assert.equal(server.sockets.length, 1);
});

inWorld(
  "A connection on which nothing is heard 10 s after a ping is dead: silent, and another is opened",
  async (world) => {
    const { server } = world;
    world.watch("s-1");
    await world.settle();
    server.last.isLost = () => true;
    await world.advance(38 * SECOND);
    assert.equal(world.state, "open");
    await world.advance(4 * SECOND);
    assert.deepEqual(
      world.states.map(({ state, reason }) => reason ?? state),
      ["connecting", "open", "silent", "connecting", "open"],
    );
    assert.equal(server.open.length, 1);
  },
);

inWorld("Whatever is heard is a sign of life", async (world) => {
  const { server } = world;
  world.watch("s-1");
  await world.settle();
  server.last.isLost = ({ type }) => type === "pong";
  for (let second = 0; second < 300; second += 5) {
    server.set("s-1", [`Somebody ${second}`]);
    await world.advance(5 * SECOND);
  }
  assert.equal(server.sockets.length, 1);
});

inWorld("An opening that takes longer than 10 s is given up", async (world) => {
  const { server } = world;
  server.opens = "hangs";
  world.watch("s-1");
  await world.advance(9.9 * SECOND);
  assert.equal(world.state, "connecting");
  server.opens = true;
  await world.advance(2 * SECOND);
  assert.equal(world.state, "open");
  assert.equal(world.states[1]?.reason, "timeout");
});

inWorld("Messages that are no messages change nothing", async (world) => {
  const { server } = world;
  world.watch("s-1");
  await world.settle();
  for (const data of [
    "",
    "null",
    "5",
    "[]",
    '"bye"',
    "{}",
    '{"message": "Internal server error", "requestId": "a="}',
  ]) {
    server.last.onmessage?.({ data });
  }
  await world.advance(MINUTE);
  assert.deepEqual([world.state, server.sockets.length], ["open", 1]);
});

inWorld("check pings at once, and has little patience", async (world) => {
  const { server } = world;
  world.watch("s-1");
  await world.settle();
  world.rollcall.check();
  world.rollcall.check();
  assert.equal(pings(server.last), 2);
  await world.advance(5 * SECOND);
  assert.equal(server.sockets.length, 1);
  server.last.isLost = () => true;
  world.rollcall.check();
  await world.advance(3.5 * SECOND);
  assert.equal(world.states.at(-1)?.state, "open");
  assert.equal(server.sockets.length, 2);
});

inWorld("After a sleep a dead connection is found within seconds", async (world) => {
  const { server } = world;
  world.watch("s-1");
  await world.settle();
  server.last.isLost = () => true;
  await world.clock.sleep(8 * 60 * MINUTE);
  await world.advance(4 * SECOND);
  assert.deepEqual([world.state, server.sockets.length], ["open", 2]);
  assert.equal(server.open.length, 1);
});

inWorld("After a sleep a living connection stays", async (world) => {
  const { server } = world;
  world.watch("s-1");
  await world.settle();
  await world.clock.sleep(8 * MINUTE);
  await world.advance(4 * SECOND);
  assert.deepEqual([world.state, server.sockets.length], ["open", 1]);
});

inWorld("A page that becomes visible checks", async (world) => {
  world.watch("s-1");
  await world.settle();
  world.events.dispatchEvent(new Event("visibilitychange"));
  assert.equal(pings(world.server.last), 2);
});

inWorld("A token that expired during a sleep is renewed", async (world) => {
  const { server } = world;
  server.otherwise = (_, token) => (token === "fresh" ? undefined : problem(401, "unauthenticated"));
  world.token = (why) => (why === "refused" ? "fresh" : "stale");
  world.watch("s-1");
  await world.settle();
  assert.equal(world.state, "open");
  assert.deepEqual(world.asked, ["needed", "refused"]);
});

inWorld("close at any moment leaves nothing behind", async (world) => {
  for (const wait of [0, 10, 25, 45, 65, 85, 105, 1000]) {
    const undo = world.install();
    world.watch("s-1");
    await world.advance(wait);
    world.rollcall.close();
    world.rollcall.close();
    assert.deepEqual(world.rollcall.state.reason, "closed");
    const tickets = world.tickets;
    const { shown, stop } = world.watch("s-1");
    stop();
    world.rollcall.check();
    world.events.dispatchEvent(new Event("online"));
    await world.advance(5 * MINUTE);
    assert.deepEqual([world.clock.pending, world.server.open.length, world.tickets, shown.length], [0, 0, tickets, 0]);
    assert.equal(world.state, "closed");
    undo();
  }
});
