/**
 * Shows live who is on a conference. `rollcall.d.ts` describes what is exported, `README.md` how it behaves.
 *
 * @import { Bye, RosterMessage, RosterView, ServerMessage } from "./messages.d.ts"
 * @import * as Types from "./rollcall.d.ts"
 * @typedef {RosterView & Partial<RosterMessage>} View
 * @typedef {ReturnType<typeof open>} Connection
 * @typedef {{ roster: View & Omit<Types.Roster, "changes">, mine: boolean, from: Connection }} Known
 * @typedef {{ topic: string, show: (roster: Types.Roster) => void, shown: Map<string, Known["roster"]> }} Watcher
 */

const SECOND = 1000; // Times are in milliseconds.
const PATIENCE = 10 * SECOND;
const PATIENCE_AFTER_SLEEP = 3 * SECOND;
const PING_EVERY = 30 * SECOND;
const LATER = 30 * SECOND;
/** The server takes 60, and one a second in the long run. A slow network may deliver several seconds' at once. */
const FRAMES_AT_ONCE = 55;
const TOPICS = 50;
/** What is watched is this, or a conference by its id. */
const MINE = "all that the user hosts";

/** @implements {Types.RollcallError} */
export class RollcallError extends Error {
  /** @param {number} status @param {string} code @param {string} [detail] @param {number} [retryAfter] seconds */
  constructor(status, code, detail = "", retryAfter) {
    super(detail || code);
    this.status = status;
    this.code = code;
    this.detail = detail;
    this.retryAfter = retryAfter;
  }
}

/**
 * A WebSocket that subscribes to what is wanted, pings, and tells when it is over, unless it was told to end.
 * @param {string} url
 * @param {() => Set<string>} wanted
 * @param {(message: ServerMessage) => void} onMessage
 * @param {() => void} onReady each time that everything is subscribed to
 * @param {(reason: string, retry?: Bye["retry"]) => void} onOver
 */
function open(url, wanted, onMessage, onReady, onOver) {
  const socket = new WebSocket(url);
  /** @type {Map<string, ReturnType<typeof setTimeout>>} */
  const timers = new Map();
  /** What was asked last; pending: the request, until it is answered.
   * @type {Map<string, { action: string, pending: number }>} */
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

  /** @param {object} frame not sent if that were too many */
  const say = (frame) => {
    const now = performance.now();
    if (nextFrameAt > now + (FRAMES_AT_ONCE - 1) * SECOND) return false;
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
      // One at a time: the server may take two in another order.
      if (last.pending || last.action === action) continue;
      const what = topic === MINE ? { scope: "extension" } : { conferenceId: topic };
      if (!say({ action, ...what, requestId: requests + 1 })) return after("sync", SECOND, sync);
      asked.set(topic, { action, pending: ++requests });
    }
    if ([...topics].every((topic) => asked.get(topic)?.pending === 0)) onReady();
  };

  /** @param {number} patience until something is heard */
  const ping = (patience) => {
    say({ action: "ping" });
    isPinged = true;
    after("ping", patience, () => over("silent"));
  };

  const pingLater = (delay = PING_EVERY) => {
    const due = Date.now() + delay;
    isPinged = false;
    after("ping", delay, () => {
      for (const last of asked.values()) if (last.pending) Object.assign(last, { action: "", pending: 0 });
      sync();
      ping(Date.now() > due + 5 * SECOND ? PATIENCE_AFTER_SLEEP : PATIENCE);
    });
  };

  const end = () => {
    isOpen = false;
    for (const timer of timers.values()) clearTimeout(timer);
    socket.onopen = socket.onmessage = socket.onclose = null;
    socket.close();
  };

  /** @type {typeof onOver} */
  const over = (reason, retry) => {
    end();
    onOver(reason, retry);
  };

  after("ping", PATIENCE, () => over("timeout"));
  socket.onclose = () => over("network");
  socket.onopen = () => {
    isOpen = true;
    ping(PATIENCE);
    sync();
  };
  socket.onmessage = ({ data }) => {
    if (isPinged) pingLater();
    /** @type {ServerMessage | undefined} */
    const message = parsed(data);
    if (message?.type === "bye" && message.reason !== "expiring") return over(message.reason, message.retry);
    if (!message) return;
    for (const last of asked.values()) {
      if (!("requestId" in message) || last.pending !== message.requestId) continue;
      // Too many: until another one's end was dealt with.
      const again = message.type === "error" && /^(storage-failed|too-many-subscriptions)$/.test(message.code);
      if (again) pingLater(5 * SECOND);
      else last.pending = 0;
      sync();
    }
    if (isOpen) onMessage(message);
  };

  return {
    after,
    sync,
    end,
    check: () => isOpen && !isPinged && ping(PATIENCE_AFTER_SLEEP),
    /** @param {string} topic */
    hasAsked: (topic) => asked.has(topic),
  };
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
  /** @type {Connection | undefined} */
  #current;
  /** Takes its place when it is ready. @type {Connection | undefined} */
  #next;
  /** To have a next one. @type {object | undefined} */
  #attempt;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #retry;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #lingering;
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
    if (!this.#ended.signal.aborted) this.#watchers.add(watcher);
    // Not before the caller can stop.
    queueMicrotask(() => {
      for (const known of this.#known.values()) {
        if (topic !== MINE || known.roster.state === "active") this.#show(watcher, known);
      }
    });
    this.#sync();
    return () => {
      this.#watchers.delete(watcher);
      for (const [id, known] of this.#known) if (!this.#isWatched(known)) this.#known.delete(id);
      this.#sync();
    };
  }

  /** @type {Types.Rollcall["watchMine"]} */
  watchMine(show) {
    return this.watch(MINE, show);
  }

  /** @type {Types.Rollcall["remove"]} */
  remove(conferenceId, participantId) {
    return this.#request("POST", path("conferences", conferenceId, "participants", participantId, "remove"));
  }

  /** @type {Types.Rollcall["conferences"]} */
  conferences(page = {}) {
    const given = JSON.parse(JSON.stringify(page));
    return this.#request("GET", `${path("conferences")}?${new URLSearchParams(given)}`);
  }

  /** @type {Types.Rollcall["conference"]} */
  conference(conferenceId) {
    return this.#request("GET", path("conferences", conferenceId));
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

  /** @param {Known} known */
  #isWatched(known) {
    return [...this.#watchers].some((watcher) => watches(watcher, known));
  }

  /** @param {Connection} connection @param {ServerMessage} message */
  #hear(connection, message) {
    if (message.type === "roster") {
      // What was never asked for by its id comes because the user hosts it.
      const host = message.participants.find(({ role }) => role === "host");
      const mine = !connection.hasAsked(message.conferenceId) || host?.extensionId === this.#extensionId;
      this.#take(message, connection, mine && connection.hasAsked(MINE));
    } else if (message.type === "subscribed" && message.scope) {
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
      const view = await this.conference(conferenceId).catch(({ status }) => {
        return status === 404 && { ...known.roster, state: "ended", participants: [] };
      });
      if (view && known === this.#known.get(conferenceId)) this.#take(view, from);
    }
  }

  /** @param {View} view @param {Connection} from @param {boolean} isMine */
  #take(view, from, isMine = false) {
    const before = this.#known.get(view.conferenceId);
    const roster = isNews(view, before?.roster) ? { sentAt: null, ...view, receivedAt: Date.now() } : before?.roster;
    const known = { roster, mine: isMine || !!before?.mine, from };
    if (!this.#isWatched(known)) return;
    this.#known.set(view.conferenceId, known);
    for (const watcher of [...this.#watchers]) this.#show(watcher, known);
  }

  /** @param {Watcher} watcher @param {Known} known */
  #show(watcher, known) {
    const { roster } = known;
    const last = watcher.shown.get(roster.conferenceId);
    if (!this.#watchers.has(watcher) || !watches(watcher, known) || !isNews(roster, last)) return;
    watcher.shown.set(roster.conferenceId, roster);
    call(() => watcher.show({ ...roster, changes: last ? difference(last, roster) : [] }));
  }

  #sync() {
    this.#current?.sync();
    this.#next?.sync();
    clearTimeout(this.#lingering);
    if (!this.#watchers.size) this.#lingering = setTimeout(() => this.#rest(), 3 * SECOND);
    else if (this.#state.state === "idle") this.#connect();
  }

  #rest() {
    // Nobody gets around waiting by watching anew.
    if (this.#retry) return;
    this.#drop();
    this.#set("idle");
  }

  #drop() {
    clearTimeout(this.#retry);
    clearTimeout(this.#lingering);
    this.#current?.end();
    this.#next?.end();
    this.#current = this.#next = this.#attempt = this.#retry = undefined;
  }

  async #connect() {
    clearTimeout(this.#retry);
    this.#retry = undefined;
    if (!this.#watchers.size) return this.#rest();
    const attempt = {};
    this.#attempt = attempt;
    if (!this.#current) this.#set("connecting");
    try {
      const { ticket, webSocketUrl, extensionId } = await this.#request("POST", path("tickets"));
      if (this.#attempt !== attempt) return;
      this.#extensionId = extensionId ?? "";
      const connection = open(
        `${webSocketUrl}?ticket=${encodeURIComponent(ticket)}`,
        () => this.#topics(),
        (message) => this.#hear(connection, message),
        () => this.#use(connection),
        (reason, retry) => this.#lost(connection, reason, retry),
      );
      this.#next = connection;
    } catch (error) {
      if (this.#attempt !== attempt) return;
      const { status = 0, code = "network", retryAfter = 0 } = error;
      const isHopeless = status >= 400 && status < 500 && ![401, 408, 429].includes(status);
      this.#lost(undefined, code, isHopeless ? "never" : undefined, retryAfter * SECOND);
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

  /** @param {Connection | undefined} connection @param {string} reason @param {Bye["retry"]} [retry] */
  #lost(connection, reason, retry, demanded = retry === "later" ? LATER * (1 + Math.random()) : 0) {
    if (connection && connection === this.#current) this.#current = undefined;
    else this.#next = this.#attempt = undefined;
    if (retry === "never") return this.#end(reason);
    if (this.#attempt) return this.#set("connecting", reason);
    const backOff = Math.random() * Math.min(30 * SECOND, (SECOND / 2) * 2 ** this.#failures++);
    const now = Date.now();
    this.#notBefore = Math.max(this.#notBefore, now + demanded);
    const retryAt = this.#notBefore + backOff;
    clearTimeout(this.#retry);
    this.#retry = setTimeout(() => this.#connect(), retryAt - now);
    if (!this.#current) this.#set("waiting", reason, retryAt);
  }

  /** @param {string} reason */
  #end(reason) {
    if (this.#ended.signal.aborted) return;
    this.#drop();
    this.#watchers.clear();
    this.#known.clear();
    this.#ended.abort(new RollcallError(0, reason));
    this.#set("closed", reason);
  }

  /** @param {Types.ConnectionState["state"]} state @param {string} [reason] @param {number} [retryAt] */
  #set(state, reason, retryAt) {
    if (state === this.#state.state && !retryAt) return;
    this.#state = { state, ...(reason && { reason }), ...(retryAt && { retryAt }) };
    call(() => this.#onState(this.#state));
  }

  /** @param {string} method @param {string} path @param {"needed" | "refused"} why @returns {Promise<any>} */
  async #request(method, path, why = "needed") {
    const ended = this.#ended.signal;
    let token = "";
    try {
      token = await this.#token(why);
    } catch {
      this.#end("signed-out");
    }
    ended.throwIfAborted();
    const signal = AbortSignal.any([ended, AbortSignal.timeout(PATIENCE)]);
    try {
      const answer = await fetch(this.#api + path, { method, headers: { authorization: `Bearer ${token}` }, signal });
      const body = parsed(await answer.text());
      if (answer.status === 401 && why === "needed") return this.#request(method, path, "refused");
      const retryAfter = Math.min(Number(answer.headers.get("retry-after")), 3600) || undefined;
      if (!answer.ok) throw new RollcallError(answer.status, body?.code ?? "http", body?.detail, retryAfter);
      // A success that is no JSON is a hotel's, which wants its guests to sign in.
      if (body) return body;
    } catch (error) {
      if (error instanceof RollcallError) throw error;
    }
    throw new RollcallError(0, signal.aborted ? "timeout" : "network");
  }
}

/** @param {string[]} parts */
const path = (...parts) => parts.map((part) => `/${encodeURIComponent(part)}`).join("");

/** @param {Watcher} watcher @param {Known} known */
const watches = ({ topic }, { roster, mine }) => topic === roster.conferenceId || (topic === MINE && mine);

/** @param {unknown} text @returns {any} undefined for what is no JSON */
function parsed(text) {
  try {
    return JSON.parse(String(text)) ?? undefined;
  } catch {
    return undefined;
  }
}

/** Of one version, only that its conference is gone is news. @param {View} view @param {View} [before] */
function isNews(view, before) {
  if (!before || view.version > before.version) return true;
  return view.version === before.version && view.state !== before.state && view.state === "ended";
}

/** What makes one roster of another, and what the server told of it.
 * @param {View} before @param {View} now @returns {Types.RosterChange[]} */
function difference(before, now) {
  const people = new Map([...before.participants, ...now.participants].map((person) => [person.id, person]));
  /** @type {Types.RosterChange[]} */
  const changes = [...people].flatMap(([id, participant]) => {
    const was = before.participants.find((person) => person.id === id);
    const is = now.participants.find((person) => person.id === id);
    if (JSON.stringify(was) === JSON.stringify(is)) return [];
    const type = was ? (is ? "updated" : "left") : "joined";
    const told = now.changes?.find((one) => one.type === type && one.participant.id === id);
    return [{ ...told, type, participant }];
  });
  return now.state === "ended" && before.state === "active" ? [...changes, { type: "ended" }] : changes;
}

/** Report its error as uncaught: it is its owner's, and stops nothing here. @param {() => void} callback */
function call(callback) {
  try {
    callback();
  } catch (error) {
    queueMicrotask(() => {
      throw error;
    });
  }
}
