/** Rollcall as the client meets it: tickets, rosters over HTTP, and WebSockets that answer as docs/websocket.md says. */

/** The user's. */
export const EXTENSION_ID = "101";
const LATENCY = 20;
const CONNECTING = 0;
const OPEN = 1;
const CLOSED = 3;

/** @typedef {import("../messages.d.ts").RosterView} RosterView */

/** @param {string} name */
export function person(name, more = {}) {
  const leg = { telephonySessionId: `s-${name}`, partyId: `p-${name}` };
  const joinedAt = "2026-03-04T10:00:05.223Z";
  const call = { phoneNumber: "+12055550101", extensionId: null, direction: "Outbound", muted: false, joinedAt, leg };
  return /** @type {import("../messages.d.ts").Participant} */ ({
    id: name,
    role: "participant",
    name,
    ...call,
    ...more,
  });
}

export class Server {
  /** @type {Map<string, RosterView>} */
  rosters = new Map();
  /** The conferences that the user hosts. @type {Set<string>} */
  mine = new Set();
  /** @type {Socket[]} */
  sockets = [];
  /** @type {{ method: string, path: string, token: string, at: number }[]} */
  requests = [];
  /** Answers a request otherwise than usual: a status, with a problem's code and headers, or "hangs" or "fails".
   * @type {(path: string, token: string) => undefined | "hangs" | "fails" | Response} */
  otherwise = () => undefined;
  /** Whether WebSockets are opened. "hangs": neither opened nor refused. @type {boolean | "hangs"} */
  opens = true;
  mostOpen = 0;

  /** @param {import("./clock.js").Clock} clock */
  constructor(clock) {
    this.clock = clock;
    const server = this;
    this.WebSocket = class extends Socket {
      /** @param {string} url */
      constructor(url) {
        super(server, url);
      }
    };
  }

  get open() {
    return this.sockets.filter(({ readyState }) => readyState === OPEN);
  }

  /** The connection that was opened last. */
  get last() {
    const socket = this.sockets.at(-1);
    if (!socket) throw new Error("no connection was opened");
    return socket;
  }

  /** @param {string} conferenceId @param {string[]} names @param {boolean} isTold whether its watchers hear of it */
  set(conferenceId, names, isTold = true, changes = /** @type {object[]} */ ([])) {
    const participants = names.map((name) => person(name));
    return this.put(conferenceId, participants, isTold, changes);
  }

  /** @param {string} conferenceId @param {import("../messages.d.ts").Participant[]} participants */
  put(conferenceId, participants, isTold = true, changes = /** @type {object[]} */ ([])) {
    const version = (this.rosters.get(conferenceId)?.version ?? 0) + 1;
    const state = participants.length ? "active" : "ended";
    const eventTime = new Date(this.clock.now).toISOString();
    this.rosters.set(conferenceId, { conferenceId, version, state, participants, eventTime });
    if (isTold) for (const socket of this.open) if (socket.watches(conferenceId)) socket.tell(conferenceId, changes);
  }

  /** @param {string} url @param {{ method: string, headers: { authorization?: string }, signal: AbortSignal }} init */
  fetch = async (url, { method, headers, signal }) => {
    const path = url.replace("http://api", "");
    const token = (headers.authorization ?? "").replace("Bearer ", "");
    this.requests.push({ method, path, token, at: this.clock.now });
    const otherwise = this.otherwise(path, token);
    if (otherwise !== "hangs") await new Promise((resolve) => this.clock.later(LATENCY, () => resolve(undefined)));
    if (otherwise === "fails") throw new TypeError("fetch failed");
    signal.throwIfAborted();
    if (otherwise === "hangs") return new Promise((_, no) => signal.addEventListener("abort", () => no(signal.reason)));
    return otherwise ?? this.#answer(path);
  };

  /** @param {string} path */
  #answer(path) {
    if (path === "/tickets") {
      const ticket = { ticket: `t.${this.requests.length}`, expiresIn: 60, webSocketUrl: "ws://api/ws" };
      return json(201, ticket);
    }
    if (path.endsWith("/remove")) return json(202, { status: "requested" });
    if (path.startsWith("/conferences?")) return json(200, { conferences: [...this.rosters.values()] });
    const roster = this.rosters.get(decodeURIComponent(path.replace("/conferences/", "")));
    return roster ? json(200, roster) : problem(404, "unknown-conference");
  }
}

/** @param {number} status @param {object} body @param {Record<string, string>} headers */
export const json = (status, body, headers = {}) => new Response(JSON.stringify(body), { status, headers });

/** @param {number} status @param {string} code @param {Record<string, string>} headers */
export const problem = (status, code, headers = {}) =>
  json(status, { status, code, title: code, detail: "Why." }, headers);

class Socket {
  readyState = CONNECTING;
  /** @type {(() => void) | null} */
  onopen = null;
  /** @type {(() => void) | null} */
  onclose = null;
  /** @type {((event: { data: string }) => void) | null} */
  onmessage = null;
  /** Frames as they came. @type {any[]} */
  frames = [];
  /** When each came, epoch milliseconds. @type {number[]} */
  times = [];
  /** @type {Set<string>} */
  subscriptions = new Set();
  /** What is done with a frame or a message on its way: the network's faults. @type {(message: any) => boolean} */
  isLost = () => false;
  /** Messages take so much longer, milliseconds. */
  slower = () => 0;
  /** What is answered instead. @type {(frame: any) => object | undefined} */
  otherwise = () => undefined;
  expiring = false;
  #nextFrameAt = 0;

  /** @param {Server} server @param {string} url */
  constructor(server, url) {
    this.server = server;
    this.url = url;
    server.sockets.push(this);
    if (server.opens === "hangs") return;
    server.clock.later(LATENCY, () => {
      if (this.readyState !== CONNECTING) return;
      if (!server.opens) return this.drop();
      this.readyState = OPEN;
      server.mostOpen = Math.max(server.mostOpen, server.open.length);
      this.onopen?.();
    });
  }

  /** @param {string} text */
  send(text) {
    if (this.readyState === CONNECTING) throw new Error("InvalidStateError");
    const frame = JSON.parse(text);
    this.frames.push(frame);
    this.times.push(this.server.clock.now);
    if (!this.isLost(frame)) this.server.clock.later(LATENCY, () => this.readyState === OPEN && this.#obey(frame));
  }

  close() {
    if (this.readyState === CLOSED) return;
    this.readyState = CLOSED;
    this.server.clock.later(LATENCY, () => this.onclose?.());
  }

  /** It ends without a word. */
  drop() {
    if (this.readyState === CLOSED) return;
    this.readyState = CLOSED;
    this.onclose?.();
  }

  /** @param {object} message */
  say(message) {
    if (this.isLost(message)) return;
    this.server.clock.later(LATENCY + this.slower(), () => {
      if (this.readyState === OPEN) this.onmessage?.({ data: JSON.stringify(message) });
    });
  }

  /** @param {string} conferenceId */
  watches(conferenceId) {
    const isMine = this.server.mine.has(conferenceId) && this.subscriptions.has("extension");
    return isMine || this.subscriptions.has(conferenceId);
  }

  /** @param {string} conferenceId @param {object[]} changes */
  tell(conferenceId, changes = []) {
    const nobody = { conferenceId, version: 0, state: "active", participants: [], eventTime: null };
    const roster = this.server.rosters.get(conferenceId) ?? nobody;
    this.say({ type: "roster", ...roster, changes, sentAt: new Date(this.server.clock.now).toISOString() });
  }

  /** @param {any} frame */
  #obey(frame) {
    const { now } = this.server.clock;
    const { action, scope, conferenceId, requestId } = frame;
    if (this.#nextFrameAt > now + 59_000) return this.say({ type: "bye", reason: "too-many-messages", retry: "later" });
    this.#nextFrameAt = Math.max(this.#nextFrameAt, now) + 1000;
    const otherwise = this.otherwise(frame);
    if (otherwise) return this.say({ requestId, ...otherwise });
    if (action === "ping") this.say({ type: "pong" });
    if (action === "unsubscribe") this.#unsubscribe(scope ?? conferenceId, { scope, conferenceId, requestId });
    if (action === "subscribe") this.#subscribe(scope ?? conferenceId, { scope, conferenceId, requestId });
    if (this.expiring) this.say({ type: "bye", reason: "expiring", retry: "now" });
  }

  /** @param {string} topic @param {object} echo */
  #unsubscribe(topic, echo) {
    this.subscriptions.delete(topic);
    this.say({ type: "unsubscribed", ...echo });
  }

  /** @param {string} topic @param {object} echo */
  #subscribe(topic, echo) {
    if (this.subscriptions.size >= 50 && !this.subscriptions.has(topic)) {
      return this.say({ type: "error", code: "too-many-subscriptions", message: "50.", ...echo });
    }
    this.subscriptions.add(topic);
    this.say({ type: "subscribed", ...echo, ...(topic === "extension" && { extensionId: EXTENSION_ID }) });
    const { mine, rosters } = this.server;
    const hosted = [...mine].filter((id) => rosters.get(id)?.state === "active");
    for (const id of topic === "extension" ? hosted : [topic]) this.tell(id);
  }
}
