/**
 * Shows live who is on a conference. README.md says how, rollcall.d.ts what there is.
 *
 * @import * as Types from "rollcall-client"
 * @typedef {ReturnType<typeof open>} Connection
 * @typedef {{ roster: Types.Roster, mine: boolean, from: Connection }} Known
 * @typedef {{ topic: string, show: (roster: Types.Roster) => void, shown: Map<string, Types.Roster> }} Watcher
 */

const SECOND = 1000; // Times are in milliseconds.
const PATIENCE = 10 * SECOND;
const SHORT_PATIENCE = 3 * SECOND;
const LATER = 30 * SECOND;
/** The server takes 60 frames at once, then one a second; a network may hold some back. */
const BURST = 55 * SECOND;
const TOPICS = 50;
/** What is watched: this, or a conference's id. */
const MINE = "all that the user hosts";

/** @implements {Types.RollcallError} */
export class RollcallError extends Error {
  /** @param {number} [retryAfter] seconds */
  constructor(status = 0, code = "network", detail = "", retryAfter = undefined) {
    super(detail || code);
    this.status = status;
    this.code = code;
    this.detail = detail;
    this.retryAfter = retryAfter;
  }
}

/**
 * A WebSocket that subscribes to what is wanted, pings, and tells when it is over.
 * @param {string} url
 * @param {() => Set<string>} wanted
 * @param {(message: Types.ServerMessage) => void} onMessage
 * @param {() => void} onReady everything is subscribed to
 * @param {(reason: string, retry?: string) => void} onOver
 */
function open(url, wanted, onMessage, onReady, onOver) {
  const socket = new WebSocket(url);
  const timers = new Map();
  /** What was asked last of each topic, and the request while it is pending. */
  const asked = new Map();
  let requests = 0;
  let isOpen = false;
  let isPinged = false;
  let nextFrameAt = 0;

  /** @param {string} name @param {number} delay @param {() => void} then */
  const after = (name, delay, then) => {
    clearTimeout(timers.get(name));
    timers.set(name, setTimeout(then, delay));
  };

  /** @param {object} frame not sent if it is one too many */
  const say = (frame) => {
    const now = performance.now();
    if (nextFrameAt >= now + BURST) return false;
    nextFrameAt = Math.max(nextFrameAt, now) + SECOND;
    socket.send(JSON.stringify(frame));
    return true;
  };

  const sync = () => {
    if (!isOpen) return;
    const topics = wanted();
    for (const topic of new Set([...topics, ...asked.keys()])) {
      const action = topics.has(topic) ? "subscribe" : "unsubscribe";
      const last = asked.get(topic) ?? { action: "unsubscribe", pending: 0 };
      // One at a time: the server may swap two.
      if (last.pending || last.action === action) continue;
      const what = topic === MINE ? { scope: "extension" } : { conferenceId: topic };
      if (!say({ action, ...what, requestId: requests + 1 })) return after("sync", SECOND, sync);
      asked.set(topic, { action, pending: ++requests });
    }
    if (![...asked.values()].some(({ pending }) => pending)) onReady();
  };

  const ping = (patience = PATIENCE) => {
    say({ action: "ping" });
    isPinged = true;
    after("ping", patience, () => end("silent"));
  };

  const pingLater = (delay = 30 * SECOND) => {
    const due = Date.now() + delay;
    isPinged = false;
    after("ping", delay, () => {
      for (const [topic, last] of asked) if (last.pending) asked.set(topic, { action: "", pending: 0 });
      sync();
      ping(Date.now() > due + 5 * SECOND ? SHORT_PATIENCE : PATIENCE);
    });
  };

  /** @param {string} [reason] none: the caller's will @param {string} [retry] */
  const end = (reason, retry) => {
    for (const timer of timers.values()) clearTimeout(timer);
    isOpen = false;
    socket.onmessage = socket.onclose = null;
    socket.close();
    if (reason) onOver(reason, retry);
  };

  const check = () => isOpen && !isPinged && ping(SHORT_PATIENCE);

  after("ping", PATIENCE, () => end("timeout"));
  socket.onclose = () => end("network");
  socket.onopen = () => {
    isOpen = true;
    ping();
    sync();
  };
  socket.onmessage = ({ data }) => {
    if (isPinged) pingLater();
    const message = parsed(data);
    if (!message) return;
    if (message.type === "bye" && message.reason !== "expiring") return end(message.reason, message.retry);
    for (const last of asked.values()) {
      if (last.pending !== message.requestId) continue;
      // There may be too many only until another has ended.
      if (["storage-failed", "too-many-subscriptions"].includes(message.code)) pingLater(5 * SECOND);
      else last.pending = 0;
      sync();
    }
    onMessage(message);
  };

  return { asked, after, sync, end, check };
}

/** @implements {Types.Rollcall} */
export class Rollcall {
  #api;
  #token;
  #onState;
  /** @type {Types.ConnectionState} */
  #state = { state: "idle" };
  /** @type {Set<Watcher>} */
  #watchers = new Set();
  /** @type {Map<string, Known>} */
  #known = new Map();
  /** @type {Connection=} */
  #current;
  /** Takes its place when it is ready. @type {Connection=} */
  #next;
  /** To have a next one. @type {object=} */
  #attempt;
  #retry = 0;
  #lingering = 0;
  #failures = 0;
  #notBefore = 0;
  #extensionId = "";
  #ended = new AbortController();

  /** @param {Types.Options} options */
  constructor({ api, token, onState = () => {} }) {
    this.#api = api;
    this.#token = typeof token === "function" ? token : () => token;
    this.#onState = onState;
    const wake = () => {
      this.#failures = 0;
      this.check();
    };
    for (const event of ["online", "visibilitychange"]) {
      globalThis.addEventListener?.(event, wake, { signal: this.#ended.signal });
    }
  }

  get state() {
    return this.#state;
  }

  /** @type {Types.Rollcall["watch"]} */
  watch(topic, show) {
    /** @type {Watcher} */
    const watcher = { topic, show, shown: new Map() };
    if (this.#topics().add(topic).size > TOPICS) throw new RollcallError(0, "too-many-subscriptions");
    for (const [id, known] of this.#known) {
      // What nobody watches may be out of date.
      if (![...this.#watchers].some((other) => watches(other, known))) this.#known.delete(id);
      else if (topic !== MINE || known.roster.state === "active") this.#show(watcher, known);
    }
    this.#watchers.add(watcher);
    this.#sync();
    return () => {
      this.#watchers.delete(watcher);
      this.#sync();
    };
  }

  /** @type {Types.Rollcall["watchMine"]} */
  watchMine(show) {
    return this.watch(MINE, show);
  }

  /** @type {Types.Rollcall["remove"]} */
  remove(conferenceId, participantId) {
    return this.#request("POST", `/conferences/${encode(conferenceId)}/participants/${encode(participantId)}/remove`);
  }

  /** @type {Types.Rollcall["conferences"]} */
  conferences(page = {}) {
    return this.#request("GET", `/conferences?${new URLSearchParams(JSON.parse(JSON.stringify(page)))}`);
  }

  /** @type {Types.Rollcall["conference"]} */
  conference(conferenceId) {
    return this.#request("GET", `/conferences/${encode(conferenceId)}`);
  }

  check() {
    this.#current?.check();
    if (this.#state.state === "waiting" && Date.now() >= this.#notBefore) this.#connect();
  }

  close() {
    this.#end("closed");
  }

  #topics() {
    return new Set([...this.#watchers].map(({ topic }) => topic));
  }

  /** @param {Connection} connection @param {Types.ServerMessage} message */
  #hear(connection, message) {
    if (message.type === "roster") {
      // What was never asked for by its id is the user's own.
      const host = message.participants.find(({ role }) => role === "host")?.extensionId;
      const isMine = !connection.asked.has(message.conferenceId) || host === this.#extensionId;
      this.#take(message, connection, isMine);
    } else if (message.type === "subscribed" && message.scope) {
      this.#extensionId = message.extensionId ?? "";
      // By then the rosters have come.
      connection.after("ended", 2 * SECOND, () => this.#findEnded(connection));
    } else if (message.type === "bye" && connection === this.#current && !this.#attempt && !this.#retry) {
      this.#connect();
    }
  }

  /** What ended while nobody listened is on no list. @param {Connection} from */
  async #findEnded(from) {
    for (const known of this.#known.values()) {
      const { conferenceId, state } = known.roster;
      if (!known.mine || state === "ended" || known.from === from) continue;
      const answer = await this.conference(conferenceId).catch((error) => error);
      if (answer.status === 404) this.#take({ ...known.roster, state: "ended", participants: [] }, from);
      else if (answer.version) this.#take(answer, from);
      else if (from === this.#current) from.after("ended", LATER, () => this.#findEnded(from));
    }
  }

  /** @param {Types.RosterView} view @param {Connection} from */
  #take(view, from, isMine = false) {
    const before = this.#known.get(view.conferenceId);
    const news = { sentAt: null, changes: [], ...view, receivedAt: Date.now() };
    const roster = before && rank(before.roster) >= rank(view) ? before.roster : news;
    const known = { roster, mine: before?.mine || isMine, from };
    this.#known.set(view.conferenceId, known);
    for (const watcher of this.#watchers) this.#show(watcher, known);
  }

  /** Later, so that a callback's error stops nothing here. @param {Watcher} watcher @param {Known} known */
  #show(watcher, known) {
    const { roster } = known;
    const last = watcher.shown.get(roster.conferenceId);
    if (last === roster || !watches(watcher, known)) return;
    watcher.shown.set(roster.conferenceId, roster);
    const changes = last ? difference(last, roster) : [];
    queueMicrotask(() => this.#watchers.has(watcher) && watcher.show({ ...roster, changes }));
  }

  #sync() {
    if (this.#ended.signal.aborted) return;
    this.#current?.sync();
    this.#next?.sync();
    clearTimeout(this.#lingering);
    if (!this.#watchers.size) this.#lingering = setTimeout(() => this.#rest(), 3 * SECOND);
    else if (this.#state.state === "idle") this.#connect();
  }

  #rest() {
    // Watching anew is no way around waiting.
    if (this.#retry) return;
    this.#drop();
    this.#set("idle");
  }

  #drop() {
    clearTimeout(this.#retry);
    clearTimeout(this.#lingering);
    this.#current?.end();
    this.#next?.end();
    this.#current = this.#next = this.#attempt = undefined;
    this.#retry = 0;
  }

  async #connect() {
    clearTimeout(this.#retry);
    this.#retry = 0;
    if (!this.#watchers.size) return this.#rest();
    const attempt = {};
    this.#attempt = attempt;
    if (!this.#current) this.#set("connecting");
    try {
      const { ticket, webSocketUrl } = await this.#request("POST", "/tickets");
      if (this.#attempt !== attempt) return;
      const connection = open(
        `${webSocketUrl}?ticket=${encode(ticket)}`,
        () => this.#topics(),
        (message) => this.#hear(connection, message),
        () => this.#use(connection),
        (reason, retry) => this.#lost(connection, reason, retry),
      );
      this.#next = connection;
    } catch (error) {
      if (this.#attempt !== attempt) return;
      const { status, code, retryAfter = 0 } = error instanceof RollcallError ? error : new RollcallError();
      const isHopeless = status >= 400 && status < 500 && ![401, 408, 429].includes(status);
      this.#lost(undefined, code, isHopeless ? "never" : "now", retryAfter * SECOND);
    }
  }

  /** @param {Connection} connection */
  #use(connection) {
    if (connection === this.#current) return;
    this.#current?.end();
    this.#current = connection;
    this.#next = this.#attempt = undefined;
    connection.after("stable", 10 * SECOND, () => {
      this.#failures = 0;
    });
    this.#set("open");
  }

  /** @param {Connection | undefined} connection @param {string} reason @param {string} [retry] */
  #lost(connection, reason, retry, demanded = retry === "later" ? LATER * (1 + Math.random()) : 0) {
    if (connection && connection === this.#current) this.#current = undefined;
    else this.#next = this.#attempt = undefined;
    if (retry === "never") return this.#end(reason);
    if (this.#attempt) return this.#set("connecting", reason);
    const backOff = Math.random() * Math.min(30 * SECOND, (SECOND / 2) * 2 ** this.#failures++);
    const now = Date.now();
    this.#notBefore = Math.max(this.#notBefore, demanded && now + demanded);
    const retryAt = Math.max(this.#notBefore, now) + backOff;
    clearTimeout(this.#retry);
    this.#retry = setTimeout(() => this.#connect(), retryAt - now);
    if (!this.#current) this.#set("waiting", reason, retryAt);
  }

  /** @param {string} reason */
  #end(reason) {
    this.#drop();
    this.#watchers.clear();
    this.#ended.abort(new RollcallError(0, reason));
    this.#set("closed", reason);
  }

  /** @param {Types.ConnectionState["state"]} state @param {string} [reason] @param {number} [retryAt] */
  #set(state, reason, retryAt) {
    if (state === this.#state.state && !retryAt) return;
    const told = { state, reason, retryAt };
    this.#state = told;
    queueMicrotask(() => this.#onState(told));
  }

  /** @param {string} method @param {string} path @param {"needed" | "refused"} why @returns {Promise<any>} */
  async #request(method, path, why = "needed") {
    const ended = this.#ended.signal;
    ended.throwIfAborted();
    const token = await Promise.resolve(why)
      .then(this.#token)
      .catch(() => this.#end("signed-out"));
    ended.throwIfAborted();
    const signal = AbortSignal.any([ended, AbortSignal.timeout(PATIENCE)]);
    try {
      const answer = await fetch(this.#api + path, { method, headers: { authorization: `Bearer ${token}` }, signal });
      const { ok, status, headers } = answer;
      const body = parsed(await answer.text());
      const retryAfter = Number(headers.get("retry-after")) || undefined;
      if (ok && body) return body;
      if (status === 401 && why === "needed") return this.#request(method, path, "refused");
      if (!ok) throw new RollcallError(status, body?.code ?? "http", body?.detail, retryAfter);
    } catch (error) {
      if (error instanceof RollcallError) throw error;
    }
    throw new RollcallError(0, signal.aborted ? "timeout" : "network");
  }
}

const encode = encodeURIComponent;

/** @param {Watcher} watcher @param {Known} known */
const watches = ({ topic }, { roster, mine }) => topic === roster.conferenceId || (topic === MINE && mine);

/** Of one version, only the end is news. @param {Types.RosterView} view */
const rank = ({ version, state }) => version + (state === "ended" ? 0.5 : 0);

/** @param {unknown} text @returns {any} undefined for what is no JSON */
function parsed(text) {
  try {
    return JSON.parse(String(text));
  } catch {}
}

/** With what the server told of it.
 * @param {Types.Roster} before @param {Types.Roster} now @returns {Types.RosterChange[]} */
function difference(before, now) {
  const people = new Map([...before.participants, ...now.participants].map((person) => [person.id, person]));
  /** @type {Types.RosterChange[]} */
  const changes = [];
  for (const [id, participant] of people) {
    const [was, is] = [before, now].map(({ participants }) => participants.find((person) => person.id === id));
    if (JSON.stringify(was) === JSON.stringify(is)) continue;
    const type = was ? (is ? "updated" : "left") : "joined";
    const told = now.changes.find((one) => one.type === type && one.participant.id === id);
    changes.push({ ...told, type, participant });
  }
  if (now.state === "ended" && before.state === "active") changes.push({ type: "ended" });
  return changes;
}
