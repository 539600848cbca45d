/** What is asked for over HTTP. */

import assert from "node:assert/strict";
import { RollcallError } from "../rollcall.js";
import { json, problem } from "./server.js";
import { inWorld, SECOND } from "./world.js";

/** The error of a request. @param {import("./world.js").World} world @param {Promise<unknown>} request */
async function refusal(world, request) {
  const caught = request.then(
    () => assert.fail("it was obeyed"),
    (error) => error,
  );
  await world.advance(11 * SECOND);
  const error = await caught;
  assert.ok(error instanceof RollcallError && error instanceof Error);
  return error;
}

inWorld("Ids are percent-encoded in paths", async (world) => {
  const { rollcall, server } = world;
  const id = "s-a/b?c#d e%";
  for (const request of [rollcall.remove(id, id), rollcall.conference(id).catch(() => {})]) {
    await world.settle();
    await request;
  }
  const encoded = "s-a%2Fb%3Fc%23d%20e%25";
  assert.deepEqual(
    server.requests.map(({ method, path }) => `${method} ${path}`),
    [`POST /conferences/${encoded}/participants/${encoded}/remove`, `GET /conferences/${encoded}`],
  );
  assert.equal(server.requests[0]?.token, "token");
});

inWorld("remove, conference and conferences answer with what the server says", async (world) => {
  const { rollcall, server } = world;
  server.set("s-1", ["Alice"]);
  const asked = [rollcall.remove("s-1", "Alice"), rollcall.conference("s-1"), rollcall.conferences()];
  await world.settle();
  const roster = server.rosters.get("s-1");
  assert.deepEqual(await Promise.all(asked), [{ status: "requested" }, roster, { conferences: [roster] }]);
  const page = rollcall.conferences({ limit: 5, nextToken: "a=&b" });
  const first = rollcall.conferences({ limit: 5, nextToken: undefined });
  await world.settle();
  await Promise.all([page, first]);
  assert.deepEqual(
    server.requests.slice(3).map(({ path }) => path),
    ["/conferences?limit=5&nextToken=a%3D%26b", "/conferences?limit=5"],
  );
  assert.equal(world.state, "idle");
});

inWorld("A problem becomes an error with its status, code and detail", async (world) => {
  world.server.otherwise = () => problem(403, "host-only");
  const error = await refusal(world, world.rollcall.remove("s-1", "p-1"));
  assert.deepEqual([error.status, error.code, error.detail, error.retryAfter], [403, "host-only", "Why.", undefined]);
  assert.equal(world.state, "idle", "an error of a request is not the connection's");
});

inWorld("Retry-After is told in seconds", async (world) => {
  world.server.otherwise = () => problem(429, "ringcentral-rate-limited", { "retry-after": "17" });
  const error = await refusal(world, world.rollcall.remove("s-1", "p-1"));
  assert.deepEqual([error.status, error.retryAfter], [429, 17]);
});

inWorld("An error that is no problem has the code http; none at all is network or timeout", async (world) => {
  const answers = [
    json(500, { message: "Internal Server Error" }),
    new Response("<html>", { status: 502 }),
    "fails",
    "hangs",
  ];
  world.server.otherwise = () => /** @type {any} */ (answers.shift());
  const errors = [];
  for (let times = 0; times < 4; times++) errors.push(await refusal(world, world.rollcall.conference("s-1")));
  assert.deepEqual(
    errors.map(({ status, code }) => [status, code]),
    [
      [500, "http"],
      [502, "http"],
      [0, "network"],
      [0, "timeout"],
    ],
  );
});

inWorld("A success that is no JSON is not the server's", async (world) => {
  world.server.otherwise = () => new Response("<html>Sign in to the hotel's network");
  const error = await refusal(world, world.rollcall.conference("s-1"));
  assert.deepEqual([error.status, error.code], [0, "network"]);
});

inWorld("401: a fresh token, once", async (world) => {
  const { server, rollcall } = world;
  world.token = (why) => (why === "refused" ? "fresh" : "stale");
  server.otherwise = (_, token) => (token === "fresh" ? undefined : problem(401, "unauthenticated"));
  const removal = rollcall.remove("s-1", "p-1");
  await world.settle();
  assert.deepEqual(await removal, { status: "requested" });
  assert.deepEqual(
    server.requests.map(({ token }) => token),
    ["stale", "fresh"],
  );
  server.otherwise = () => problem(401, "ringcentral-unauthorized");
  const error = await refusal(world, rollcall.remove("s-1", "p-1"));
  assert.deepEqual([error.status, error.code, world.asked.length], [401, "ringcentral-unauthorized", 4]);
});

inWorld("A token function that throws has signed out: the client is closed", async (world) => {
  world.token = () => {
    throw new Error("signed out");
  };
  const error = await refusal(world, world.rollcall.remove("s-1", "p-1"));
  assert.deepEqual([error.code, world.state, world.rollcall.state.reason], ["signed-out", "closed", "signed-out"]);
  assert.equal(world.server.requests.length, 0);
});

inWorld("What is under way when the client is closed fails, and nothing is asked any more", async (world) => {
  const { server, rollcall } = world;
  server.otherwise = () => "hangs";
  const request = rollcall.conference("s-1");
  await world.settle();
  rollcall.close();
  const error = await refusal(world, request);
  const late = await refusal(world, rollcall.conference("s-1"));
  assert.deepEqual([error.code, late.code, server.requests.length, world.asked.length], ["closed", "closed", 1, 1]);
});

inWorld("Closed while the token was on its way: nothing is sent", async (world) => {
  world.token = () => new Promise((resolve) => world.clock.later(100, () => resolve("token")));
  const request = world.rollcall.conference("s-1");
  await world.advance(50);
  world.rollcall.close();
  const error = await refusal(world, request);
  assert.deepEqual([error.code, world.server.requests.length], ["closed", 0]);
});

inWorld("A token may be a text", async (world) => {
  const { Rollcall } = await import("../rollcall.js");
  const rollcall = new Rollcall({ api: "http://api", token: "a-text" });
  const answer = rollcall.conferences();
  await world.settle();
  assert.deepEqual(await answer, { conferences: [] });
  assert.equal(world.server.requests[0]?.token, "a-text");
  rollcall.close();
});
