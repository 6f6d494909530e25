// @ts-check
// Save an answer, a part of it or a quote as a note, and say so.

import { messageOf, sendJson } from "../api.js";
import { addToPage, make } from "../dom.js";
import { t } from "../page/messages.js";

const SAID_MS = 4000;
/** @type {HTMLElement | null} */
let toast = null;
/** @type {ReturnType<typeof setTimeout> | undefined} */
let timer;

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

/** @param {string} text */
export function say(text) {
  if (!toast) {
    toast = make("p", { className: "cw-toast", role: "status" });
    addToPage(toast);
  }
  toast.textContent = text;
  clearTimeout(timer);
  timer = setTimeout(() => toast && (toast.textContent = ""), SAID_MS);
}
