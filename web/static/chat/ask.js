// @ts-check
// Questions that other parts of the page put into the box, and the sources that the next question is asked of.

import { watch } from "../current-conversation.js";
import { closest, make, query } from "../dom.js";
import { listed, t } from "../page/messages.js";

const BOX = "#cw-question textarea";

/** @typedef {{ id: number, name: string }} AskedSource */

/** @type {AskedSource[]} sources of the next question; none: those that are ticked */
let sources = [];
/** Whether a question was asked since the sources were chosen. */
let isAsked = false;
/** What was typed when another question was asked in its place: back once that is sent. */
let draft = "";

export function watchAsking() {
  document.addEventListener("cw-asked", () => {
    isAsked = true;
    requestAnimationFrame(giveBackDraft); // after Gradio has emptied the box
  });
  document.addEventListener("click", (event) => {
    if (closest(event, ".cw-restricted button")) restrictTo([]);
  });
  // The server has the restriction with the question: it ends when that is answered, or another conversation is opened.
  watch((_, isNavigation) => {
    if (isAsked || (isNavigation && sources.length)) restrictTo([]);
  });
}

/** Return the ids of the only sources that the next question is asked of; none if it is asked of those ticked. */
export function onlyIds() {
  return sources.map(({ id }) => id);
}

/** @param {AskedSource[]} chosen */
export function restrictTo(chosen) {
  sources = chosen;
  isAsked = false;
  document.querySelector(".cw-restricted")?.remove();
  if (!chosen.length) return;
  const names = listed(chosen.map(({ name }) => name));
  const label = t("Ask all ticked sources again");
  const look = { className: "cw-icon", title: t("Ask all ticked sources"), "aria-label": label };
  const button = make("button", { type: "button", ...look }, "✕");
  const text = t("The next question is asked of {names} only.", { names });
  const scope = make("p", { className: "cw-restricted cw-note", role: "status" }, text, " ", button);
  query(document, "#cw-question", HTMLElement).before(scope);
}

/**
 * Put a question into the box, after what is typed there, to be changed and sent.
 * @param {string} question
 */
export function putQuestion(question) {
  document.dispatchEvent(new CustomEvent("cw-show", { detail: "chat" }));
  fill([box().value.trimEnd(), question].filter(Boolean).join("\n"));
  box().focus();
  box().setSelectionRange(box().value.length, box().value.length);
}

/**
 * Ask a question; what is typed is there again afterwards. While another one is being answered, only put it in the box.
 * @param {string} question
 */
export function askQuestion(question) {
  if (!sendButton()) return putQuestion(question);
  draft ||= box().value.trim();
  fill("");
  putQuestion(question);
  // After Gradio has taken over the text.
  requestAnimationFrame(() => requestAnimationFrame(() => sendButton()?.click()));
}

function giveBackDraft() {
  if (draft) fill([draft, box().value].filter(Boolean).join("\n"));
  draft = "";
}

/** @param {string} text */
function fill(text) {
  box().value = text;
  box().dispatchEvent(new Event("input", { bubbles: true }));
}

function box() {
  return query(document, BOX, HTMLTextAreaElement);
}

/** @returns {HTMLElement | null} none while a question is being answered */
function sendButton() {
  return document.querySelector("#cw-question .submit-button");
}
