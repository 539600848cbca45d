// Generated from the code by `make docs`. Changes belong there.

/** What clients say over the WebSocket. */
export type ClientMessage = Subscribe | Unsubscribe | Ping;

/** What Rollcall says over the WebSocket. */
export type ServerMessage = Subscribed | Unsubscribed | Pong | RosterMessage | ErrorMessage | Bye;

/** Watch a conference, or with `scope` all that the user hosts. */
export type Subscribe = {
  action: "subscribe";
  /** Comes back in the answer. */
  requestId?: string | number;
} & ({ conferenceId: string; scope?: never } | { conferenceId?: never; scope: "extension" });

/** Watch no more what was subscribed to in the same way. */
export type Unsubscribe = {
  action: "unsubscribe";
  /** Comes back in the answer. */
  requestId?: string | number;
} & ({ conferenceId: string; scope?: never } | { conferenceId?: never; scope: "extension" });

/** Keep the connection, and see that it lives. API Gateway ends one that is silent for ten minutes. */
export interface Ping {
  action: "ping";
  /** Comes back in the answer. */
  requestId?: string | number;
}

/** What happened to a roster. */
export type Change = Joined | Left | Updated | Ended;

/** A roster as WebSocket clients get it: whole, with the changes that led to it. */
export interface RosterMessage {
  type: "roster";
  /** The conference: its telephony session's id at RingCentral. */
  conferenceId: string;
  /** Grows with every change of the roster, and only grows. 0: nobody has been in yet. */
  version: number;
  /** `ended` exactly while nobody is in, after somebody was. A conference can become active again. */
  state: "active" | "ended";
  /** Everybody who is in: the host first, then in the order in which they joined. */
  participants: Participant[];
  /** When the newest change happened. ISO 8601 in UTC, with milliseconds. Null while nobody has been in. */
  eventTime: string | null;
  /** What led from the version before to this one. Empty in a roster that answers a subscription. */
  changes: Change[];
  /** When the message was sent. ISO 8601 in UTC, with milliseconds. */
  sentAt: string;
}

/** Somebody in a conference, as clients see them. */
export interface Participant {
  /** The participant's party in the conference. Removal is asked for with it. */
  id: string;
  /** The host, or somebody who was brought in. */
  role: "host" | "participant";
  /** As RingCentral gave it, up to 200 characters; null if it gave none. */
  name: string | null;
  /** As RingCentral gave it: E.164, or an extension's number; null if it gave none. */
  phoneNumber: string | null;
  /** Of a colleague in the same account, and of the host; else null. */
  extensionId: string | null;
  /** Of the call by which they came: `Outbound` if the user who brought them in made it. */
  direction: "Inbound" | "Outbound";
  /** Whether RingCentral says that the leg is muted. */
  muted: boolean;
  /** Since when they are in. ISO 8601 in UTC, with milliseconds. */
  joinedAt: string;
  /** The leg of the direct call by which they came; of the host, the leg in the conference. */
  leg: Leg;
}

/** One party of one telephony session: what RingCentral's Delete call party names. */
export interface Leg {
  /** The leg's telephony session. */
  telephonySessionId: string;
  /** The leg's party in that session. */
  partyId: string;
}

/** Somebody came in. */
export interface Joined {
  type: "joined";
  /** Who it is. Of somebody who left: as they were shown last. */
  participant: Participant;
  /** There if no event told the change, but RingCentral when it was asked. */
  source?: "reconciliation";
}

/**
 * Somebody went. `reason`: RingCentral's reason for the leg's new status, or its code where it gave none
 * ("Disconnected": hung up or removed; "Conference": brought into another one; "Answered": back in a direct call).
 */
export interface Left {
  type: "left";
  /** Who it is. Of somebody who left: as they were shown last. */
  participant: Participant;
  /** RingCentral's word for what became of the call leg. */
  reason: string;
  /** There if no event told the change, but RingCentral when it was asked. */
  source?: "reconciliation";
}

/** Somebody who stays is shown differently. */
export interface Updated {
  type: "updated";
  /** Who it is. Of somebody who left: as they were shown last. */
  participant: Participant;
  /** There if no event told the change, but RingCentral when it was asked. */
  source?: "reconciliation";
}

/** Nobody is in the conference any more. */
export interface Ended {
  type: "ended";
}

/**
 * From now on every new version of the roster is sent; the roster as it stands follows. `extensionId`: the user's,
 * where the scope is an extension; by it a client knows which of its rosters came for that.
 */
export interface Subscribed {
  type: "subscribed";
  /** The conference: its telephony session's id at RingCentral. */
  conferenceId?: string;
  /** All conferences that the user hosts, instead of one. */
  scope?: "extension";
  /** Whose conferences they are: the user's own. Only with a scope. */
  extensionId?: string;
  /** That of the frame, if it had one. */
  requestId?: string | number;
}

/** Nothing more is sent of this. */
export interface Unsubscribed {
  type: "unsubscribed";
  /** The conference: its telephony session's id at RingCentral. */
  conferenceId?: string;
  /** All conferences that the user hosts, instead of one. */
  scope?: "extension";
  /** That of the frame, if it had one. */
  requestId?: string | number;
}

/** The answer to a ping. */
export interface Pong {
  type: "pong";
  /** That of the frame, if it had one. */
  requestId?: string | number;
}

/** The connection ends, or (`expiring`) will within minutes. `retry`: whether and when to open another. */
export interface Bye {
  type: "bye";
  /**
   * Why.
   * - `expiring`: The last 10 minutes have begun. Said after each answer; the connection stays open, so the client can
   *   move over to another without a gap.
   * - `expired`: 2 hours have passed since it was opened. The connection ends.
   * - `too-many-messages`: More than 60 frames came at once, or in the long run more than 60 a minute. The connection
   *   ends.
   * - `too-many-connections`: The user opened one more than 20; this one is the oldest. The connection ends.
   */
  reason: "expiring" | "expired" | "too-many-messages" | "too-many-connections";
  /**
   * When to open another connection, with a new ticket.
   * - `now`: At once.
   * - `later`: After a while.
   * - `never`: Not at all. No reason has this yet.
   */
  retry: "now" | "later" | "never";
}

/** A frame was not obeyed. `code` is stable, `message` is for people. The connection stays. */
export interface ErrorMessage {
  type: "error";
  /**
   * What is wrong, for programs.
   * - `message-too-large`: The frame has more than 4,096 bytes.
   * - `invalid-json`: The frame is not JSON.
   * - `unknown-action`: There is no such action, or the frame names none.
   * - `invalid-message`: A field is missing, or not what it should be.
   * - `too-many-subscriptions`: The connection has 50 subscriptions.
   * - `storage-failed`: DynamoDB could not be reached. The client may try again.
   */
  code:
    | "message-too-large"
    | "invalid-json"
    | "unknown-action"
    | "invalid-message"
    | "too-many-subscriptions"
    | "storage-failed";
  /** What is wrong, for people. */
  message: string;
  /** That of the frame, or null if it had none that could be read. */
  requestId: string | number | null;
}

/** A roster as HTTP shows it. */
export interface RosterView {
  /** The conference: its telephony session's id at RingCentral. */
  conferenceId: string;
  /** Grows with every change of the roster, and only grows. 0: nobody has been in yet. */
  version: number;
  /** `ended` exactly while nobody is in, after somebody was. A conference can become active again. */
  state: "active" | "ended";
  /** Everybody who is in: the host first, then in the order in which they joined. */
  participants: Participant[];
  /** When the newest change happened. ISO 8601 in UTC, with milliseconds. Null while nobody has been in. */
  eventTime: string | null;
}

/** Rosters, newest first. With a `nextToken` there are more; without one there are none. */
export interface ConferencePage {
  /** Rosters, newest first. */
  conferences: RosterView[];
  /** Asks for the page after this one. Without it this page is the last. */
  nextToken?: string;
}

/** A ticket opens one WebSocket at `webSocketUrl?ticket=…` within `expiresIn` seconds. */
export interface TicketIssued {
  /** Opaque. It is put into the WebSocket's address as `?ticket=`. */
  ticket: string;
  /** For how many seconds the ticket is good: 60. */
  expiresIn: number;
  /** Where the WebSocket is opened. */
  webSocketUrl: string;
}

/** What became of a removal: RingCentral was asked, or there was nobody left to remove. */
export interface Removal {
  /** `requested`: RingCentral was asked. `already-left`: there was nobody left to remove. */
  status: "already-left" | "requested";
}

/** The body of an error answer. `type` is about:blank: `code` says what a program wants to know. */
export interface Problem {
  /** The HTTP status. */
  status: number;
  /**
   * What is wrong, for programs.
   * - `invalid-request`: 400. A parameter can't be used.
   * - `unknown-route`: 404. Nothing is served at this path.
   * - `method-not-allowed`: 405. The path takes other methods; Allow names them.
   * - `unauthenticated`: 401. A RingCentral access token is needed: Authorization: Bearer …
   * - `ringcentral-unauthorized`: 401. RingCentral no longer takes the access token.
   * - `ringcentral-forbidden`: 403. RingCentral does not let this user do that.
   * - `host-not-removable`: 403. Removing the host would end the conference for everybody.
   * - `host-only`: 403. Here only the host of a conference may have somebody removed.
   * - `origin-not-allowed`: 403. This web page may not use this installation.
   * - `unknown-conference`: 404. The account has no such conference.
   * - `unknown-participant`: 404. The conference never had such a participant.
   * - `ringcentral-not-found`: 404. RingCentral knows no such call leg any more.
   * - `ringcentral-rate-limited`: 429. RingCentral takes no more requests for now.
   * - `ringcentral-failed`: 502. RingCentral failed to do it.
   * - `ringcentral-unavailable`: 503. RingCentral could not be reached.
   * - `storage-failed`: 503. The rosters could not be reached.
   * - `internal`: 500. Something went wrong here.
   */
  code:
    | "invalid-request"
    | "unknown-route"
    | "method-not-allowed"
    | "unauthenticated"
    | "ringcentral-unauthorized"
    | "ringcentral-forbidden"
    | "host-not-removable"
    | "host-only"
    | "origin-not-allowed"
    | "unknown-conference"
    | "unknown-participant"
    | "ringcentral-not-found"
    | "ringcentral-rate-limited"
    | "ringcentral-failed"
    | "ringcentral-unavailable"
    | "storage-failed"
    | "internal";
  /** The HTTP status in words. */
  title: string;
  /** What is wrong, for people. */
  detail: string;
}
