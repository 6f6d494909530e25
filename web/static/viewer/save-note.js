// @ts-check
// Save an answer, a part of it or a quote as a note, and say so.

import { messageOf, sendJson } from "../api.js";
import { t } from "../page/messages.js";
import { say } from "../page/toast.js";

/** @param {Record<string, unknown>} saved as the route of notes takes it */
export async function saveNote(saved) {
  try {
    await sendJson("POST", "notes", saved);
    say(t("Saved as a note."));
    document.dispatchEvent(new CustomEvent("cw-notes-changed"));
  } catch (error) {
    say(messageOf(error));
  }
}
