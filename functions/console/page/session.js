/** Who is signed in, and the access token that all calls are made with. */

import { requestTokens, revoke, SignInError } from "./sign-in.js";

/** @import { Config, Tokens } from "./sign-in.js" */
/** @typedef {{ name: string, accountId: string, extensionId: string }} User */

const TOKENS = "rollcall.tokens";
const USER = "rollcall.user";
const EXPIRES_SOON_MS = 60_000;
const JUST_REFRESHED_MS = 5000;
const PATIENCE_MS = 15_000;

export class Session {
  #config;
  /** @type {Tokens} */
  #tokens;
  /** @type {Promise<void> | null} */
  #refreshing = null;
  #refreshedAt = 0;

  /**
   * @param {Config} config
   * @param {Tokens} tokens
   */
  constructor(config, tokens) {
    this.#config = config;
    this.#tokens = tokens;
    this.#keep(tokens);
  }

  /**
   * The session that this tab has already.
   *
   * @param {Config} config
   * @returns {Session | null}
   */
  static kept(config) {
    const text = sessionStorage.getItem(TOKENS);
    return text === null ? null : new Session(config, JSON.parse(text));
  }

  /**
   * An access token. The same refresh serves everybody who asks while it goes on: a refresh token is good once.
   *
   * @param {"needed" | "refused"} why refused: the one given before was not taken
   * @returns {Promise<string>}
   * @throws {SignInError} if RingCentral ended the login
   */
  async token(why) {
    // Refreshing ends the token before, so calls that were under way are refused once more: not the new one's fault.
    const isFresh = Date.now() - this.#refreshedAt < JUST_REFRESHED_MS;
    if (!isFresh && (why === "refused" || this.#tokens.expiresAt - Date.now() < EXPIRES_SOON_MS)) {
      this.#refreshing ??= this.#refresh().finally(() => {
        this.#refreshing = null;
      });
      await this.#refreshing;
    }
    return this.#tokens.accessToken;
  }

  /**
   * Asks RingCentral who is signed in.
   *
   * @returns {Promise<User>}
   * @throws {SignInError}
   */
  async user() {
    const kept = sessionStorage.getItem(USER);
    if (kept !== null) return JSON.parse(kept);
    const user = await this.#askWho();
    sessionStorage.setItem(USER, JSON.stringify(user));
    return user;
  }

  /** @returns {Promise<User>} */
  async #askWho() {
    const response = await this.ask("GET", "/restapi/v1.0/account/~/extension/~");
    if (!response.ok) {
      const isFinal = response.status < 500 && response.status !== 429;
      const then = isFinal ? "Sign in again." : "Reload the page to try again.";
      throw new SignInError(`RingCentral does not say who is signed in (${response.status}). ${then}`, isFinal);
    }
    const extension = await response.json();
    // Ids are numbers in some of RingCentral's answers and text in others.
    return { name: extension.name, accountId: String(extension.account.id), extensionId: String(extension.id) };
  }

  /**
   * A call to RingCentral's API in the user's name.
   *
   * @param {string} method
   * @param {string} path
   * @param {object} [body]
   * @throws {SignInError}
   */
  async ask(method, path, body) {
    const response = await this.#askWith(await this.token("needed"), method, path, body);
    return response.status === 401 ? this.#askWith(await this.token("refused"), method, path, body) : response;
  }

  /**
   * @param {string} token
   * @param {string} method
   * @param {string} path
   * @param {object} [body]
   */
  async #askWith(token, method, path, body) {
    const headers = new Headers({ Authorization: `Bearer ${token}` });
    if (body) headers.set("Content-Type", "application/json");
    const signal = AbortSignal.timeout(PATIENCE_MS);
    try {
      const url = this.#config.ringCentralServer + path;
      return await fetch(url, { method, headers, body: body ? JSON.stringify(body) : null, signal });
    } catch {
      throw new SignInError("RingCentral could not be reached. Reload the page to try again.", false);
    }
  }

  /** Ends the login at RingCentral and here. */
  async signOut() {
    this.forget();
    await revoke(this.#config, this.#tokens);
  }

  forget() {
    sessionStorage.removeItem(TOKENS);
    sessionStorage.removeItem(USER);
  }

  async #refresh() {
    try {
      const grant = { grant_type: "refresh_token", refresh_token: this.#tokens.refreshToken };
      this.#keep(await requestTokens(this.#config, grant));
      this.#refreshedAt = Date.now();
    } catch (error) {
      // If RingCentral can't be asked just now, the token we have may still do; if not, we'll be asked again.
      if (!(error instanceof SignInError) || error.final) throw error;
    }
  }

  /**
   * The tokens stay in this tab: what they open, people's names and the right to remove them, ends with it.
   *
   * @param {Tokens} tokens
   */
  #keep(tokens) {
    this.#tokens = tokens;
    sessionStorage.setItem(TOKENS, JSON.stringify(tokens));
  }
}
