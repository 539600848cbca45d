/** Times for people. Epoch milliseconds go in, unless it says otherwise. */

const CLOCK = new Intl.DateTimeFormat("en", {
  hour: "2-digit",
  minute: "2-digit",
  second: "2-digit",
  hourCycle: "h23",
});
const MINUTE = new Intl.DateTimeFormat("en", { hour: "2-digit", minute: "2-digit", hourCycle: "h23" });
const DAY = new Intl.DateTimeFormat("en", { day: "numeric", month: "short" });
const HOURS = 3_600_000;

/**
 * The time of day, with the day if that was some other one.
 *
 * @param {number} at
 */
export function clock(at) {
  return isToday(at) ? CLOCK.format(at) : `${DAY.format(at)}, ${CLOCK.format(at)}`;
}

/**
 * The same in little room: the hour and minute, or the day.
 *
 * @param {number} at
 */
export function roughly(at) {
  return isToday(at) ? MINUTE.format(at) : DAY.format(at);
}

/**
 * How long, such as 0:07, 12:34 or 1:02:03.
 *
 * @param {number} ms
 */
export function span(ms) {
  const seconds = Math.max(0, Math.floor(ms / 1000));
  const parts = [Math.floor(seconds / 60) % 60, seconds % 60];
  const hours = Math.floor(ms / HOURS);
  if (hours > 0) parts.unshift(hours);
  return parts.map((part, index) => (index === 0 ? String(part) : String(part).padStart(2, "0"))).join(":");
}

/**
 * A delay, such as 142 ms or 1.4 s.
 *
 * @param {number} ms
 */
export function delay(ms) {
  return Math.abs(ms) < 1000 ? `${Math.round(ms)} ms` : `${(ms / 1000).toFixed(1)} s`;
}

/**
 * Writes into the element how long ago `since` was, and keeps that up with each `tick`.
 *
 * @param {HTMLTimeElement} element
 * @param {number} since
 */
export function countUp(element, since) {
  element.dataset.since = String(since);
  element.title = `since ${clock(since)}`;
  write(element, Date.now());
}

/** Brings every element up to date that counts up. Called once a second. */
export function tick() {
  const now = Date.now();
  for (const element of document.querySelectorAll("time[data-since]")) {
    if (element instanceof HTMLTimeElement) write(element, now);
  }
}

/** @param {number} at */
function isToday(at) {
  return new Date(at).toDateString() === new Date().toDateString();
}

/**
 * @param {HTMLTimeElement} element
 * @param {number} now
 */
function write(element, now) {
  // RingCentral's clock may be ahead of this device's: nobody has been in for less than nothing.
  const ms = Math.max(0, now - Number(element.dataset.since));
  element.dateTime = `PT${Math.floor(ms / 1000)}S`;
  element.textContent = span(ms);
}
