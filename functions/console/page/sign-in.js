/** Signing in at RingCentral: the authorization code flow with PKCE (S256), as for any client that can keep no secret. */

const PENDING = "rollcall.sign-in";
const PATIENCE_MS = 15_000;

/**
 * @typedef {{ ringCentralServer: string, clientId: string, simulator: boolean }} Config
 * @typedef {{ state: string, verifier: string, hash: string }} Pending
 * @typedef {{ accessToken: string, refreshToken: string, expiresAt: number }} Tokens `expiresAt` in epoch milliseconds
 */

/** What is to be told to the user: why they are not signed in. `final`: trying the same again is of no use. */
export class SignInError extends Error {
  /**
   * @param {string} message
   * @param {boolean} [final]
   */
  constructor(message, final = true) {
    super(message);
    this.name = "SignInError";
    this.final = final;
  }
}

/**
 * Leaves the page for RingCentral's sign-in.
 *
 * @param {Config} config
 */
export async function startSignIn(config) {
  /** @type {Pending} */
  const pending = { state: randomText(), verifier: randomText(), hash: location.hash };
  sessionStorage.setItem(PENDING, JSON.stringify(pending));
  const url = new URL(`${config.ringCentralServer}/restapi/oauth/authorize`);
  url.search = new URLSearchParams({
    response_type: "code",
    client_id: config.clientId,
    redirect_uri: thisPage(),
    state: pending.state,
    code_challenge: await challengeOf(pending.verifier),
    code_challenge_method: "S256",
  }).toString();
  location.assign(url);
}

/**
 * If RingCentral has just sent the user back: takes its answer out of the address and exchanges the code in it.
 *
 * @param {Config} config
 * @returns {Promise<Tokens | null>} null: the page was opened otherwise
 * @throws {SignInError}
 */
export async function finishSignIn(config) {
  const answer = new URLSearchParams(location.search);
  if (!answer.has("code") && !answer.has("error")) return null;
  const pending = takePending();
  history.replaceState(null, "", thisPage() + (pending?.hash ?? ""));
  if (pending === null || answer.get("state") !== pending.state) {
    throw new SignInError("That sign-in was not started in this tab, so it does not count. Please sign in again.");
  }
  const code = answer.get("code");
  if (code === null) throw new SignInError(refusal(answer));
  return requestTokens(config, {
    grant_type: "authorization_code",
    code,
    redirect_uri: thisPage(),
    code_verifier: pending.verifier,
  });
}

/**
 * @param {Config} config
 * @param {Record<string, string>} grant
 * @returns {Promise<Tokens>}
 * @throws {SignInError} with `final` false if RingCentral could not be asked
 */
export async function requestTokens(config, grant) {
  const response = await post(config, "token", grant);
  if (response.status === 429 || response.status >= 500) {
    throw new SignInError("RingCentral can't sign you in just now. Please try again in a minute.", false);
  }
  const body = await response.json().catch(() => ({}));
  if (!response.ok || typeof body.access_token !== "string") {
    const why = body.error_description ? ` It says: ${String(body.error_description).replace(/\.$/, "")}.` : "";
    throw new SignInError(`RingCentral did not complete the sign-in.${why} Please sign in again.`);
  }
  return {
    accessToken: body.access_token,
    refreshToken: body.refresh_token ?? "",
    expiresAt: Date.now() + Number(body.expires_in) * 1000,
  };
}

/**
 * Has RingCentral end the login. Whether it did is of no matter here: the tokens are forgotten in any case.
 *
 * @param {Config} config
 * @param {Tokens} tokens
 */
export async function revoke(config, tokens) {
  await post(config, "revoke", { token: tokens.accessToken }).catch(() => undefined);
}

/**
 * @param {Config} config
 * @param {"token" | "revoke"} what
 * @param {Record<string, string>} fields
 */
async function post(config, what, fields) {
  try {
    return await fetch(`${config.ringCentralServer}/restapi/oauth/${what}`, {
      method: "POST",
      body: new URLSearchParams({ ...fields, client_id: config.clientId }),
      signal: AbortSignal.timeout(PATIENCE_MS),
    });
  } catch {
    throw new SignInError("RingCentral could not be reached. Please try again.", false);
  }
}

/** @param {URLSearchParams} answer */
function refusal(answer) {
  if (answer.get("error") === "access_denied") return "You did not allow the sign-in. Nothing is shown without it.";
  const why = answer.get("error_description") ?? answer.get("error");
  return `RingCentral refused the sign-in: ${why}. Please sign in again.`;
}

/** @returns {Pending | null} */
function takePending() {
  const text = sessionStorage.getItem(PENDING);
  sessionStorage.removeItem(PENDING);
  return text === null ? null : JSON.parse(text);
}

function thisPage() {
  return location.origin + location.pathname;
}

function randomText() {
  return base64url(crypto.getRandomValues(new Uint8Array(32)));
}

/** @param {string} verifier */
async function challengeOf(verifier) {
  return base64url(new Uint8Array(await crypto.subtle.digest("SHA-256", new TextEncoder().encode(verifier))));
}

/** @param {Uint8Array} bytes */
function base64url(bytes) {
  return btoa(String.fromCharCode(...bytes))
    .replaceAll("+", "-")
    .replaceAll("/", "_")
    .replaceAll("=", "");
}
