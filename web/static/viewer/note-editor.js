// @ts-check
// The dialog in which a note is written. If it was changed in another tab meanwhile, both versions are shown.

import { messageOf, sendJson } from "../api.js";
import { closest, query } from "../dom.js";
import { t } from "../page/messages.js";
import { say } from "../page/toast.js";

/** @type {HTMLDialogElement} */
let dialog;
/** @type {Note | null} null: a new one */
let edited = null;
/** @type {Note | null} as another tab has stored it */
let stored = null;
/** How often the dialog was opened: an answer that comes late finds another note in it, or none. */
let openings = 0;
/** What was in the fields before anything was typed. */
let filled = "";
let onSaved = () => {};

/**
 * @param {HTMLElement} element
 * @param {() => void} saved
 */
export function mountEditor(element, saved) {
  dialog = query(element, ".cw-note-dialog", HTMLDialogElement);
  onSaved = saved;
  query(dialog, "form", HTMLFormElement).addEventListener("submit", (event) => {
    event.preventDefault();
    save();
  });
  dialog.addEventListener("click", (event) => {
    const action = closest(event, "button[data-do]")?.dataset.do;
    if (action === "cancel") leave();
    if (action === "take" && stored) fill(stored);
  });
  dialog.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || event.isComposing) return;
    event.preventDefault(); // browsers let the dialog refuse one Escape, and no second one
    leave();
  });
  dialog.addEventListener("cancel", (event) => {
    event.preventDefault(); // a phone's gesture for going back
    leave();
  });
}

/** @param {Note | null} note */
export function editNote(note) {
  openings++;
  fill(note);
  showSending(false);
  dialog.showModal();
}

/** Close the dialog, unless what was typed is not to be lost. */
function leave() {
  if (typed() !== filled && !confirm(t("Discard what you have written in this note?"))) return;
  openings++;
  dialog.close();
}

/** @param {Note | null} note */
function fill(note) {
  edited = note;
  title().value = note?.title ?? "";
  title().placeholder = note?.saved ? note.shown_title : "";
  text().value = note?.text ?? "";
  filled = typed();
  showConflict("", null);
}

async function save() {
  const words = { title: title().value, text: text().value };
  if (!words.title.trim() && !words.text.trim() && !edited?.saved)
    return showConflict(t("Write something first."), null);
  const thisOpening = openings;
  showSending(true);
  try {
    if (edited) await sendJson("PATCH", `notes/${edited.id}`, { ...words, version: edited.version });
    else await sendJson("POST", "notes", words);
    if (thisOpening === openings) dialog.close();
    onSaved();
  } catch (error) {
    if (thisOpening === openings) refuse(error);
    else say(messageOf(error));
  }
  if (thisOpening === openings) showSending(false);
}

/** @param {unknown} error */
function refuse(error) {
  const other = conflicting(error);
  // Saving again replaces the version that is shown beside this one.
  if (other && edited) edited = { ...edited, version: other.version };
  showConflict(messageOf(error), other);
}

/**
 * Have a note sent once only.
 * @param {boolean} isSending
 */
function showSending(isSending) {
  query(dialog, ".cw-primary", HTMLButtonElement).disabled = isSending;
}

/**
 * @param {unknown} error
 * @returns {Note | null}
 */
function conflicting(error) {
  const body = error instanceof Error && "body" in error ? error.body : null;
  return body && typeof body === "object" && "note" in body ? /** @type {Note} */ (body.note) : null;
}

/**
 * @param {string} message
 * @param {Note | null} other
 */
function showConflict(message, other) {
  stored = other;
  query(dialog, ".cw-error", HTMLElement).textContent = message;
  query(dialog, ".cw-note-conflict", HTMLElement).hidden = !other;
  query(dialog, ".cw-stored-title", HTMLElement).textContent = other?.shown_title ?? "";
  query(dialog, ".cw-stored-text", HTMLElement).textContent = other?.text ?? "";
  query(dialog, ".cw-primary", HTMLElement).textContent = other ? t("Keep mine") : t("Save");
}

function typed() {
  return JSON.stringify([title().value, text().value]);
}

function title() {
  return query(dialog, "input[name=title]", HTMLInputElement);
}

function text() {
  return query(dialog, "textarea", HTMLTextAreaElement);
}
