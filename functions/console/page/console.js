/** The console's start: signed in or not. */

import { showSignedOut } from "./connection.js";
import { Desk } from "./desk.js";
import { byId, say } from "./dom.js";
import { Session } from "./session.js";
import { finishSignIn, SignInError, startSignIn } from "./sign-in.js";

/** @import { Config } from "./sign-in.js" */

/** What is to be told after the page was loaded anew, so that nothing of the session before is left in it. */
const NOTICE = "rollcall.notice";
const PATIENCE_MS = 15_000;

await start();

async function start() {
  const notice = sessionStorage.getItem(NOTICE) ?? "";
  sessionStorage.removeItem(NOTICE);
  const config = await readConfig();
  if (config === null) {
    byId("sign-in").hidden = true;
    return showWelcome("The console's settings could not be read. Reload the page to try again.");
  }
  byId("sign-in").addEventListener("click", () => startSignIn(config));
  try {
    const tokens = await finishSignIn(config);
    const session = tokens === null ? Session.kept(config) : new Session(config, tokens);
    if (session === null) return showWelcome(notice);
    await openDesk(config, session);
  } catch (error) {
    if (!(error instanceof SignInError)) throw error;
    showWelcome(error.message);
  }
}

/** @returns {Promise<Config | null>} */
async function readConfig() {
  try {
    const response = await fetch("./config.json", { signal: AbortSignal.timeout(PATIENCE_MS) });
    return response.ok ? await response.json() : null;
  } catch {
    return null;
  }
}

/**
 * @param {Config} config
 * @param {Session} session
 * @throws {SignInError}
 */
async function openDesk(config, session) {
  const user = await session.user().catch((error) => {
    if (error instanceof SignInError && error.final) session.forget();
    throw error;
  });
  byId("user-name").textContent = user.name;
  byId("user").hidden = false;
  byId("signed-in").hidden = false;
  const desk = new Desk(session, user, () => {
    session.forget();
    leave("RingCentral has ended your sign-in. Sign in again to go on.");
  });
  byId("sign-out").addEventListener("click", async () => {
    desk.close();
    await session.signOut();
    leave("You are signed out.");
  });
  desk.open();
  if (config.simulator) await desk.addPhone(config, session, user);
}

/** @param {string} notice */
function showWelcome(notice) {
  showSignedOut(byId("connection"));
  say(byId("notice"), notice);
  byId("signed-out").hidden = false;
}

/** @param {string} notice */
function leave(notice) {
  sessionStorage.setItem(NOTICE, notice);
  history.replaceState(null, "", location.pathname);
  location.reload();
}
