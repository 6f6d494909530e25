// @ts-check
// Gradio's chat: labels for screen readers, copying an answer with its sources, and saving it as a note.

import { currentId } from "../current-conversation.js";
import { closest, queryAll } from "../dom.js";
import { saveNote } from "../viewer/save-note.js";
import { showTex } from "../page/formulas.js";
import { t } from "../page/messages.js";
import { answerNumber } from "./feedback.js";
import { actionOf } from "./message-buttons.js";
import { dressMessages } from "./message-tools.js";
import { saidBy } from "./source-card.js";

const MESSAGES = "[data-testid=bot][aria-label], [data-testid=user][aria-label]";
const ANSWER = t("Answer");
const QUESTION = t("Question");

export function watchChat() {
  const observer = new MutationObserver(fixMarkup);
  observer.observe(document.body, { subtree: true, childList: true, attributeFilter: ["aria-label"] });
  document.addEventListener("click", copyAnswer, true);
  document.addEventListener("click", (event) => {
    const button = closest(event, ".cw-save");
    if (button && currentId()) saveNote({ conversation: currentId(), answer: answerNumber(button) });
  });
  fixMarkup();
}

function fixMarkup() {
  dressMessages();
  // Gradio labels a message with its source, tags included.
  for (const message of document.querySelectorAll(MESSAGES)) {
    const label = message.getAttribute("data-testid") === "bot" ? ANSWER : QUESTION;
    if (message.getAttribute("aria-label") !== label) message.setAttribute("aria-label", label);
  }
  nameControls();
  // A list may contain list items only, and these are buttons.
  document.querySelector("#cw-chat .examples[role=list]")?.setAttribute("role", "group");
  // The field for editing has the message's Markdown, with entities; show the text that was typed.
  /** @type {NodeListOf<HTMLTextAreaElement>} */
  const fields = document.querySelectorAll("#cw-chat textarea:not([data-cw])");
  for (const field of fields) {
    field.dataset.cw = "";
    field.setAttribute("aria-label", t("Edit the question"));
    if (!field.value.includes("&#")) continue;
    field.value = field.value.replace(/&#(\d+);/g, (_, code) => String.fromCodePoint(Number(code)));
    field.dispatchEvent(new Event("input", { bubbles: true }));
  }
}

let isBusy = false;

/** Name the box's buttons, and tell when a question has been asked, or a conversation is there. */
function nameControls() {
  const box = document.querySelector("#cw-question");
  box?.querySelector(".submit-button:not([aria-label])")?.setAttribute("aria-label", t("Send"));
  const stop = box?.querySelector(".stop-button");
  if (stop && !stop.hasAttribute("aria-label")) stop.setAttribute("aria-label", t("Stop"));
  const field = box?.querySelector("textarea");
  if (field && field.dir !== "auto") field.dir = "auto";
  if (stop && !isBusy) document.dispatchEvent(new CustomEvent("cw-asked"));
  isBusy = Boolean(stop);
  if (document.querySelector("#cw-chat .message")) delete document.documentElement.dataset.opening;
}

/** @param {MouseEvent} event */
function copyAnswer(event) {
  const button = closest(event, "#cw-chat .message-buttons button");
  if (!button || actionOf(button) !== "copy") return;
  const prose = button.closest(".message-buttons")?.previousElementSibling?.querySelector(".prose");
  if (!(prose instanceof HTMLElement) || !navigator.clipboard) return;
  event.stopImmediatePropagation();
  event.preventDefault();
  navigator.clipboard.writeText(plainText(prose));
}

/**
 * Return an answer as text: citations as [1], verdicts in parentheses, the list of sources at the end.
 * @param {HTMLElement} prose
 */
function plainText(prose) {
  /** @type {Set<string>} */
  const sources = new Set();
  const clone = /** @type {HTMLElement} */ (prose.cloneNode(true));
  clone.querySelector(".cw-thinking")?.remove();
  showTex(clone);
  for (const reason of clone.querySelectorAll(".cw-reason")) reason.remove();
  for (const chip of queryAll(clone, ".cw-chip")) {
    sources.add(`[${chip.textContent}] ${saidBy(chip)}`);
    chip.replaceWith(` [${chip.textContent}]`);
  }
  for (const verdict of clone.querySelectorAll(".cw-unsupported, .cw-weak, .cw-translated")) {
    verdict.textContent = `(${verdict.textContent.replace(/^[^\p{L}]+/u, "")})`;
  }
  clone.style.position = "fixed"; // innerText has line breaks only if the element is laid out
  clone.style.left = "-10000px";
  document.body.append(clone);
  const text = clone.innerText.trim();
  clone.remove();
  return sources.size ? `${text}\n\n${[...sources].join("\n")}` : text;
}
