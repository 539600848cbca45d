/** How things are called on the page. */

/** @import { Participant, RosterView } from "../../../client/messages.d.ts" */
/** @import { RosterChange as Change } from "../../../client/rollcall.d.ts" */

/** RingCentral's reasons and codes for a leg's end, as far as they say something to people. */
const HOW_LEFT = new Map([
  ["Disconnected", "hung up"],
  ["NormalHangup", "hung up"],
  ["HangUp", "hung up"],
  ["Conference", "moved to another conference"],
  ["Answered", "back in a direct call"],
]);

/** @param {Participant} person */
export function nameOf(person) {
  return person.name || person.phoneNumber || "Unknown";
}

/** @param {number} count */
export function people(count) {
  return count === 1 ? "1 person" : `${count} people`;
}

/**
 * The start of an id, which is enough to tell conferences apart.
 *
 * @param {string} id
 */
export function shortId(id) {
  return id.length > 14 ? `${id.slice(0, 12)}…` : id;
}

/** @param {string | undefined} reason */
export function howLeft(reason) {
  return reason === undefined ? "" : (HOW_LEFT.get(reason) ?? reason);
}

/**
 * A change in one sentence without its full stop.
 *
 * @param {Change} change
 * @param {RosterView | undefined} before what was shown until then
 * @param {boolean} wasRemoved from here
 */
export function sentence(change, before, wasRemoved) {
  if (change.type === "ended") return "The conference has ended";
  const name = nameOf(change.participant);
  switch (change.type) {
    case "joined":
      return `${name} joined`;
    case "left":
      return name + (wasRemoved ? " left (removed)" : leftBecause(change.reason));
    case "updated":
      return name + updatedTo(change.participant, before);
  }
}

/** @param {string | undefined} reason */
function leftBecause(reason) {
  const how = howLeft(reason);
  if (!how) return " left";
  return how === reason || reason === "Disconnected" ? ` left (${how})` : ` left (${how}: ${reason})`;
}

/**
 * @param {Participant} person
 * @param {RosterView | undefined} before
 */
function updatedTo(person, before) {
  const was = before?.participants.find((other) => other.id === person.id);
  if (was && was.muted !== person.muted) return person.muted ? " was muted" : " was unmuted";
  if (was && nameOf(was) !== nameOf(person)) return ` is how ${nameOf(was)} is called now`;
  return " is shown differently";
}
