// @ts-check
// All keys of the page in one table: the help, the palette and docs/keyboard.md have them from here.

import { closest } from "../dom.js";
import { recall, remember } from "./memory.js";
import { t } from "./messages.js";

const KEY = "citewell-single-keys";
const APPLE = /^(Mac|iP)/.test(navigator.platform);
const TYPED_INTO =
  "textarea, select, [contenteditable], input:not([type=checkbox], [type=radio], [type=range], [type=file])";

/** @typedef {{ keys: string, text: string }} Shortcut */

/** @type {Shortcut[]} keys of one combination are joined by "+", other ones follow after a space */
export const SHORTCUTS = [
  { keys: "Ctrl+K", text: t("Find anything: actions, sources, conversations, notes, settings (on a Mac: ⌘K)") },
  { keys: "/", text: t("Go to the question") },
  { keys: "?", text: t("Show this help") },
  { keys: "Enter", text: t("Send the question") },
  { keys: "Shift+Enter", text: t("Begin a new line in the question") },
  { keys: "↑ ↓ ← → Home End PageUp PageDown", text: t("Move within the list of sources, of chats or of notes") },
  { keys: "Space", text: t("In the list of sources: ask a source or not; among notes: take one into a briefing") },
  { keys: "Shift+↑ Shift+↓", text: t("In the list of sources: choose from here to there") },
  { keys: "Ctrl+Space", text: t("In the list of sources: choose one more, or one less") },
  { keys: "Ctrl+A", text: t("In the list of sources: choose all that are listed (on a Mac: ⌘A)") },
  { keys: "← →", text: t("On the line between two panes: make them wider or narrower") },
  { keys: "[ ]", text: t("On a page: previous and next citation") },
  { keys: "PageUp PageDown ← →", text: t("On a page: previous and next page") },
  { keys: "+ - 0", text: t("On a page: larger, smaller, and as wide as the pane") },
  { keys: "Ctrl+F", text: t("On a page: find words in the document (on a Mac: ⌘F)") },
  { keys: "Enter Shift+Enter", text: t("While finding words: the next place, the one before") },
  { keys: "M", text: t("On a page or a quote: ask about the words, or save them as a note") },
  { keys: "Tab", text: t("With words selected: into the menu beside them") },
  { keys: "B", text: t("On a page: open it beside, so that it stays while you open another source") },
  { keys: "Escape", text: t("Close what lies on top; go back from a page") },
];

/** @param {Record<string, () => void>} actions by keys of the table */
export function watchShortcuts(actions) {
  document.addEventListener("keydown", (event) => {
    const keys = pressed(event);
    if (!actions[keys] || event.defaultPrevented || event.repeat || document.querySelector("dialog[open]")) return;
    if (keys.length === 1 && (!areSingleKeysOn() || closest(event, TYPED_INTO))) return;
    event.preventDefault();
    actions[keys]();
  });
  document.body.dataset.keys = "on";
}

/** Whether keys without Ctrl act: who speaks to the machine, or strikes keys by accident, switches them off. */
export function areSingleKeysOn() {
  return recall(KEY) !== "off";
}

/** @param {boolean} isOn */
export function setSingleKeys(isOn) {
  remember(KEY, isOn ? "on" : "off");
}

/** @param {KeyboardEvent} event */
function pressed({ key, ctrlKey, metaKey, altKey, isComposing }) {
  if (isComposing || altKey) return "";
  if (APPLE ? metaKey && !ctrlKey : ctrlKey && !metaKey) return `Ctrl+${key.toUpperCase()}`;
  return ctrlKey || metaKey ? "" : key;
}
