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
    let response = await this.#askExtension("needed");
    if (response.status === 401) response = await this.#askExtension("refused");
    if (!response.ok) throw new SignInError("RingCentral does not say who is signed in.", response.status === 401);
    const extension = await response.json();
    // Ids are numbers in some of RingCentral's answers and text in others.
    return { name: extension.name, accountId: String(extension.account.id), extensionId: String(extension.id) };
  }

  /** @param {"needed" | "refused"} why */
  async #askExtension(why) {
    try {
      return await this.ask("GET", "/restapi/v1.0/account/~/extension/~", why);
    } catch (error) {
      if (error instanceof SignInError) throw error;
      throw new SignInError("RingCentral could not be reached. Reload the page to try again.", false);
    }
  }

  /**
   * A call to RingCentral's API in the user's name.
   *
   * @param {string} method
   * @param {string} path
   * @param {"needed" | "refused"} [why]
   * @param {object} [body]
   */
  async ask(method, path, why = "needed", body) {
    const headers = new Headers({ Authorization: `Bearer ${await this.token(why)}` });
    if (body) headers.set("Content-Type", "application/json");
    return fetch(this.#config.ringCentralServer + path, {
      method,
      headers,
      body: body ? JSON.stringify(body) : null,
      signal: AbortSignal.timeout(PATIENCE_MS),
    });
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
   * The tokens stay in this tab: a conference's names and the right to remove people should not outlive it, and no
   * other page of this origin's tabs needs them.
   *
   * @param {Tokens} tokens
   */
  #keep(tokens) {
    this.#tokens = tokens;
    sessionStorage.setItem(TOKENS, JSON.stringify(tokens));
  }
}
