/** The question whether somebody is to be removed. */

import { byId } from "./dom.js";

/** Whom the open dialog asks about. @type {{ conferenceId: string, participantId: string } | null} */
let about = null;

/**
 * @param {string} conferenceId
 * @param {string} participantId
 * @param {string} name
 * @returns {Promise<boolean>}
 */
export function askWhetherToRemove(conferenceId, participantId, name) {
  const dialog = byId("remove-dialog", HTMLDialogElement);
  about = { conferenceId, participantId };
  dialog.returnValue = "";
  byId("remove-question").textContent = `Remove ${name} from the conference?`;
  byId("remove-cancel").onclick = () => dialog.close();
  byId("remove-confirm").onclick = () => dialog.close("remove");
  dialog.showModal();
  return new Promise((answer) => {
    dialog.addEventListener("close", () => answer(dialog.returnValue === "remove"), { once: true });
  });
}

/**
 * Takes the question back if the one it is about has left by themselves.
 *
 * @param {string} conferenceId
 * @param {Set<string>} present
 */
export function dismissQuestion(conferenceId, present) {
  const dialog = byId("remove-dialog", HTMLDialogElement);
  if (dialog.open && about?.conferenceId === conferenceId && !present.has(about.participantId)) dialog.close();
}
