// @ts-check
// Gradio's messages: icons from the same set as all others and names in the language of the page, a button that saves an
// answer as a note, the direction of each paragraph, chips beside their words.

import { make } from "../dom.js";
import { copyButton } from "../page/copy-button.js";
import { icon, iconButton } from "../page/icons.js";
import { t } from "../page/messages.js";
import { buttonsOf, isOn } from "./message-buttons.js";

/** @import { Action } from "./message-buttons.js" */

/** @type {Record<Action, [icon: string, name: string]>} */
const LOOKS = {
  copy: ["copy", t("Copy message")],
  edit: ["pencil", t("Edit")],
  retry: ["refresh-cw", t("Retry")],
  like: ["thumbs-up", t("Like")],
  dislike: ["thumbs-down", t("Dislike")],
  submit: ["check", t("Submit")],
  cancel: ["x", t("Cancel")],
};
/** @type {Partial<Record<Action, string>>} names of thumbs that are given */
const GIVEN = { like: t("Liked"), dislike: t("Disliked") };

const FEW_COLUMNS = 4;
const LONG_LINE = /.{31}/;
const CODE = ":is(#cw-chat .prose, .cw-written, .cw-guide-text) pre:has(> code)";

/** Not the whole word: in scripts without spaces that is a sentence. */
const LAST_WORD = /\S{1,12}\s*$/u;

export function dressMessages() {
  for (const panel of document.querySelectorAll("#cw-chat .message-buttons")) {
    for (const [button, action] of buttonsOf(panel)) dressButton(button, action);
  }
  for (const panel of document.querySelectorAll("#cw-chat .bot-row + .message-buttons:not(:has(.cw-save))")) {
    const look = { className: "cw-icon cw-save", title: t("Save this answer as a note") };
    const save = iconButton("bookmark", t("Save as note"), look);
    (panel.querySelector(".icon-button-wrapper") ?? panel).append(save);
  }
  setIcon(document.querySelector("#cw-question .submit-button"), "arrow-up");
  setIcon(document.querySelector("#cw-question .stop-button"), "square");
  for (const block of document.querySelectorAll("#cw-chat .prose > :not([dir])")) block.setAttribute("dir", "auto");
  /** @type {NodeListOf<HTMLTableElement>} */
  const tables = document.querySelectorAll(":is(#cw-chat .prose, .cw-text) table:not([tabindex])");
  // Wide ones scroll in their own box, by the keyboard too.
  for (const table of tables) if ((table.rows[0]?.cells.length ?? 0) > FEW_COLUMNS) table.tabIndex = 0;
  for (const block of document.querySelectorAll(CODE)) if (!block.querySelector(".cw-copy")) dressCode(block);
  for (const chip of document.querySelectorAll("#cw-chat .prose :not(.cw-glued) > .cw-chip")) glue(chip);
}

/**
 * @param {HTMLElement} button
 * @param {Action} action
 */
function dressButton(button, action) {
  const [shape, name] = LOOKS[action];
  const given = isOn(button) ? GIVEN[action] : undefined;
  setIcon(button, shape);
  button.toggleAttribute("data-on", given !== undefined);
  const label = given ?? name;
  if (button.getAttribute("aria-label") !== label) button.setAttribute("aria-label", label);
  if (button.title !== label) button.title = label;
}

/** @param {Element} block */
function dressCode(block) {
  const code = block.querySelector("code");
  const text = () => code?.textContent ?? "";
  if (LONG_LINE.test(text())) code?.setAttribute("tabindex", "0"); // it scrolls
  // Within the block: Gradio takes out what it has put into a message, and nothing beside it.
  block.append(copyButton(t("Copy the code"), text));
}

/**
 * Keep a chip on the line of the word before it. No character can: a button may be wrapped after any of them.
 * @param {Element} chip
 */
function glue(chip) {
  const before = chip.previousSibling;
  if (before instanceof Element && before.matches(".cw-glued")) {
    before.append(chip);
    return;
  }
  const at = before instanceof Text ? before.data.search(LAST_WORD) : -1;
  if (!(before instanceof Text) || at < 0 || chip.parentElement?.matches(".prose")) return;
  const word = before.splitText(at);
  const glued = make("span", { className: "cw-glued" });
  word.replaceWith(glued);
  glued.append(word, chip);
}

/**
 * @param {Element | null} button
 * @param {string} name
 */
function setIcon(button, name) {
  if (!(button instanceof HTMLElement) || button.dataset.icon === name) return;
  button.dataset.icon = name;
  button.querySelector(":scope > .cw-svg")?.remove();
  button.append(icon(name));
}
