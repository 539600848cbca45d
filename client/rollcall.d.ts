import type { ConferencePage, Ended, Joined, Left, Removal, RosterView, Updated } from "./messages.d.ts";

export type * from "./messages.d.ts";

export interface Options {
  /** The base of the HTTP API, without a slash at the end. */
  api: string;
  /**
   * The user's RingCentral access token, or a function that is asked whenever one is needed. `refused`: the server did
   * not take the one that was given before, so a fresh one, please. If it throws, the user is signed out, and the client
   * closed.
   */
  token: string | ((why: "needed" | "refused") => string | Promise<string>);
  onState?: (state: ConnectionState) => void;
}

export interface ConnectionState {
  /**
   * - `idle`: nothing is watched, so there is no connection.
   * - `connecting`: rosters may be out of date.
   * - `open`: everything that is watched is subscribed to.
   * - `waiting`: until `retryAt`, then it connects again.
   * - `closed`: for good.
   */
  state: "idle" | "connecting" | "open" | "waiting" | "closed";
  /**
   * Why it came to that: a bye's reason, a problem's code, `network`, `timeout`, `silent` (a ping was not answered),
   * `signed-out` (the token function threw), `closed`.
   */
  reason?: string | undefined;
  /** Milliseconds since the epoch. */
  retryAt?: number | undefined;
}

/** A roster as a watcher is shown it. */
export interface Roster extends RosterView {
  /** What became different for this watcher since it was last shown this conference; empty the first time. */
  changes: readonly RosterChange[];
  /** When the server sent it; null if it was asked for over HTTP. ISO 8601 in UTC. */
  sentAt: string | null;
  /** When it came, by this device's clock. Milliseconds since the epoch. */
  receivedAt: number;
}

/** `reason` and `source` are there if the server told them. */
export type RosterChange = Joined | Updated | (Omit<Left, "reason"> & { reason?: string }) | Ended;

/** Something that was asked for over HTTP and not done. */
export class RollcallError extends Error {
  /** @param retryAfter in seconds */
  constructor(status: number, code: string, detail?: string, retryAfter?: number);
  /** The HTTP status; 0 without an answer. */
  status: number;
  /**
   * A problem's code (`Problem["code"]`), or `http` for an error that is no problem document, `network`, `timeout`,
   * `too-many-subscriptions`, or why the client is closed.
   */
  code: string;
  detail: string;
  /** After so many seconds it may be asked again. */
  retryAfter: number | undefined;
}

export class Rollcall {
  constructor(options: Options);
  get state(): ConnectionState;
  /**
   * Show one conference; the returned function ends it. The 51st conference throws `too-many-subscriptions`. Once the
   * client is closed, nothing is shown.
   */
  watch(conferenceId: string, onRoster: (roster: Roster) => void): () => void;
  /** Show all conferences that the user hosts; the returned function ends it. */
  watchMine(onRoster: (roster: Roster) => void): () => void;
  /** Ask to have somebody removed. The roster tells when they have left. */
  remove(conferenceId: string, participantId: string): Promise<Removal>;
  /** One page of the account's conferences. */
  conferences(page?: { limit?: number | undefined; nextToken?: string | undefined }): Promise<ConferencePage>;
  conference(conferenceId: string): Promise<RosterView>;
  /** See at once whether the connection still lives; while waiting, try at once, unless the server demanded to wait. */
  check(): void;
  close(): void;
}
