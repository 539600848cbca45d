/** How long updates took from the event at RingCentral until they were on the screen: the last 40, on a log scale. */

import { byId, el, say, svg } from "./dom.js";
import { delay } from "./time.js";

/** @import { Roster } from "../../../client/rollcall.d.ts" */
/** @import { Connection } from "./connection.js" */

const LAST = 40;
const FLOOR_MS = 10;
const CEILING_MS = 30_000;
const LINES = [100, 1000, 10_000];
const WIDTH = 320;
const HEIGHT = 96;
const LEFT = 34;
const INSET = 6;
const CLOCKS = "Compares RingCentral's clock with this device's: where they differ, every delay is off by that much.";

export class DelayPlot {
  #count = byId("delay-count");
  #figures = el("dl", { class: "facts delay-figures" });
  #plot = svg("svg", { class: "plot", viewBox: `0 0 ${WIDTH} ${HEIGHT}`, "aria-hidden": "true" });
  #sentence = el("p", { class: "delay-sentence" });
  /** @type {number[]} */
  #all = [];

  constructor() {
    const figure = el("figure", {}, this.#figures);
    figure.append(this.#plot, el("figcaption", {}, this.#sentence, el("p", { class: "hint" }, CLOCKS)));
    byId("delay-content").append(figure);
    this.#draw();
  }

  /**
   * Once the screen shows what a roster changed: how long that took.
   *
   * @param {Roster} roster
   * @param {Connection} connection
   * @param {(ms: number) => void} then
   */
  measure(roster, connection, then) {
    const happened = Date.parse(roster.eventTime ?? "");
    const age = Date.parse(roster.sentAt ?? "") - happened;
    // What was found by asking has no event to measure from; a hidden page is drawn when somebody looks.
    const told = roster.changes.some((change) => change.type !== "ended" && !change.source);
    if (!told || document.hidden || !connection.wasOpenFor(age, roster.receivedAt)) return;
    requestAnimationFrame(() => {
      const ms = Date.now() - happened;
      this.#all = [...this.#all, ms].slice(-LAST);
      this.#draw();
      then(ms);
    });
  }

  #draw() {
    const count = this.#all.length;
    const [half, most] = [percentile(this.#all, 0.5), percentile(this.#all, 0.95)];
    const shown = count === 0 ? ["–", "–"] : [delay(half), delay(most)];
    this.#figures.replaceChildren(
      ...["p50", "p95"].map((name, index) =>
        el("div", { class: name }, el("dt", {}, name), el("dd", {}, shown[index] ?? "")),
      ),
    );
    this.#figures.hidden = count === 0;
    this.#plot.classList.toggle("nothing", count === 0);
    say(this.#count, count === 0 ? "no updates yet" : count === 1 ? "1 update" : `last ${count} updates`);
    this.#sentence.textContent = sentence(count, shown);
    this.#plot.replaceChildren(...LINES.flatMap(grid), ...this.#all.flatMap(dot));
    if (count > 1) this.#plot.append(level("p50", half), level("p95", most));
  }
}

/**
 * @param {number} count
 * @param {string[]} shown the delays of half of them and of 95 %
 */
function sentence(count, [half, most]) {
  if (count === 0) return "Each live update is measured, from the event at RingCentral until it is on this screen.";
  if (count === 1) return `The last update was on screen ${half} after the event.`;
  return `Of the last ${count} updates, half were on screen within ${half} of the event, 95 % within ${most}.`;
}

/**
 * The nearest rank's value.
 *
 * @param {number[]} values
 * @param {number} share
 */
function percentile(values, share) {
  const sorted = values.toSorted((one, other) => one - other);
  return sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] ?? 0;
}

/** @param {number} ms */
function y(ms) {
  const [low, high] = [Math.log10(FLOOR_MS), Math.log10(CEILING_MS)];
  const value = Math.log10(Math.min(CEILING_MS, Math.max(FLOOR_MS, ms)));
  return INSET + (1 - (value - low) / (high - low)) * (HEIGHT - 2 * INSET);
}

/** @param {number} ms */
function grid(ms) {
  const at = y(ms);
  return [
    svg("line", { class: "grid", x1: LEFT, x2: WIDTH, y1: at, y2: at }),
    svg("text", { x: LEFT - 6, y: at + 3.5, "text-anchor": "end" }, `${ms / 1000} s`),
  ];
}

/**
 * @param {number} ms
 * @param {number} index
 * @param {number[]} all
 */
function dot(ms, index, all) {
  const step = (WIDTH - LEFT - 2 * INSET) / (LAST - 1);
  const x = WIDTH - INSET - (all.length - 1 - index) * step;
  return [
    svg("line", { class: "stem", x1: x, x2: x, y1: HEIGHT, y2: y(ms) }),
    svg("circle", { class: index === all.length - 1 ? "dot newest" : "dot", cx: x, cy: y(ms), r: 2.6 }),
  ];
}

/**
 * @param {"p50" | "p95"} name
 * @param {number} ms
 */
function level(name, ms) {
  return svg("line", { class: `level ${name}`, x1: LEFT, x2: WIDTH, y1: y(ms), y2: y(ms) });
}
