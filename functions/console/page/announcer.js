/** Tells screen readers what matters, politely: news are gathered for a moment, and many of them become one sentence. */

import { byId } from "./dom.js";

const GATHER_MS = 1200;
const AT_MOST = 3;

export class Announcer {
  #region = byId("announcer");
  /** @type {string[]} */
  #news = [];
  #timer = 0;

  /** @param {string} text */
  say(text) {
    this.#news.push(text);
    if (this.#timer === 0) this.#timer = window.setTimeout(() => this.#speak(), GATHER_MS);
  }

  #speak() {
    const news = this.#news;
    this.#news = [];
    this.#timer = 0;
    const last = news.slice(-AT_MOST).map((text) => text.replace(/[.…]?$/, "."));
    const more = news.length - last.length;
    this.#region.textContent = (more > 0 ? `${more} changes, then: ` : "") + last.join(" ");
  }
}
