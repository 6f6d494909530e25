// @ts-check
// What the palette finds: actions of the page, its tabs, settings and sources, and conversations and notes by their words.

import { request } from "../api.js";
import { currentId, openConversation } from "../current-conversation.js";
import { make, query, queryAll } from "../dom.js";
import { EXPORT_FORMATS, exportAddress } from "./export-links.js";
import { folded, t } from "./messages.js";
import { openRight, showTab, switchTo } from "./panes.js";
import { allSources } from "../sources/known-sources.js";
import { reveal } from "../sources/list-window.js";
import { showGuide } from "../viewer/guide.js";
import { valueOf } from "../viewer/target.js";
import { openHelp } from "./help.js";

/** @typedef {{ name: string, kind: string, run: () => void, keys?: string }} Item */

const MAX_SOURCES = 8;

export function focusQuestion() {
  switchTo("chat");
  query(document, "#cw-question textarea", HTMLTextAreaElement).focus();
}

/**
 * Return what the page itself has, by some typed words; without any, the actions.
 * @param {string} text
 * @returns {Item[]}
 */
export function itemsHere(text) {
  const words = folded(text).split(/\s+/).filter(Boolean);
  const fits = (/** @type {Item} */ { name }) => words.every((word) => folded(name).includes(word));
  if (!words.length) return actions();
  return [...[...actions(), ...settings()].filter(fits), ...sources().filter(fits).slice(0, MAX_SOURCES)];
}

/**
 * Return conversations and notes that have a text, of the server's few best.
 * @param {string} text
 * @returns {Promise<Item[]>}
 */
export async function itemsThere(text) {
  /** @typedef {{ id: string, name: string }} Found */
  /** @type {{ conversations: Found[], notes: Found[] }} */
  const { conversations, notes } = await request(`find?text=${encodeURIComponent(text)}`);
  const talk = t("Conversation");
  const note = t("Note");
  return [
    ...conversations.map(({ id, name }) => ({ name, kind: talk, run: () => openTalk(id) })),
    ...notes.map(({ id, name }) => ({ name, kind: note, run: () => openNote(id) })),
  ];
}

/** @returns {Item[]} */
function actions() {
  const kind = t("Action");
  const named = [
    { name: t("New conversation"), run: () => openTalk("") },
    { name: t("Ask a question"), run: focusQuestion, keys: "/" },
    { name: t("Add documents"), run: () => showThen("sources", "#cw-upload input", (each) => each.click()) },
    { name: t("New note"), run: () => showThen("notes", ".cw-note-bar [data-do=new]:enabled", (each) => each.click()) },
    { name: t("Change the theme"), run: () => query(document, "#cw-theme", HTMLElement).click() },
    { name: t("Change the language"), run: () => showThen("settings", "#cw-language", (each) => each.focus()) },
    { name: t("Show the quotes"), run: () => (openRight(), switchTo("page")) },
    { name: t("Help and shortcuts"), run: openHelp, keys: "?" },
  ];
  return [...named.map((each) => ({ ...each, kind })), ...tabs(), ...exports()];
}

/** @returns {Item[]} */
function tabs() {
  return queryAll(document, "#cw-left [role=tab]").map((each) => ({
    name: each.innerText.trim(),
    kind: t("Tab"),
    run: () => {
      switchTo("sources");
      each.click();
      each.focus();
    },
  }));
}

/** @returns {Item[]} */
function exports() {
  const id = currentId();
  if (!id) return [];
  return Object.entries(EXPORT_FORMATS).map(([form, format]) => ({
    name: t("Export this conversation as {format}", { format }),
    kind: t("Action"),
    run: () => location.assign(exportAddress(`conversations/${id}/file`, form)),
  }));
}

/** @returns {Item[]} */
function settings() {
  const kept = query(document, "#cw-palette", HTMLElement).dataset.settings ?? "[]";
  /** @type {[id: string, name: string][]} */
  const named = JSON.parse(kept);
  const focus = (/** @type {string} */ id) => showThen("settings", `#${id}`, focusSetting);
  return named.map(([id, name]) => ({ name, kind: t("Setting"), run: () => focus(id) }));
}

/**
 * Focus a setting, or else what rules it out: the kind of answer. What is folded away is opened.
 * @param {HTMLElement} field
 */
function focusSetting(field) {
  const advanced = field.closest("details");
  if (advanced) advanced.open = true;
  const kind = field.matches(":disabled") && document.querySelector("#cw-left input[name=kind]:checked");
  (kind instanceof HTMLElement ? kind : field).focus();
}

/** @returns {Item[]} */
function sources() {
  return allSources().map(({ id, name }) => ({ name, kind: t("Source"), run: () => openSource(id, name) }));
}

/**
 * Show a source's guide, and its row, unless the filter has left it out.
 * @param {number} id
 * @param {string} name
 */
function openSource(id, name) {
  const row = reveal(id)?.querySelector("button.cw-doc");
  const button = row instanceof HTMLButtonElement ? row : make("button", { value: valueOf(id) }, name);
  openRight();
  showGuide(button);
  switchTo("page");
}

/** @param {string} id */
function openTalk(id) {
  openConversation(id);
  focusQuestion();
}

/** @param {string} id */
function openNote(id) {
  showThen("notes", `.cw-notes details[data-id="${CSS.escape(id)}"] summary`, (summary) => {
    if (summary.parentElement instanceof HTMLDetailsElement) summary.parentElement.open = true;
    summary.focus();
  });
}

/**
 * Show a tab, and do something with an element of it as soon as that is there: Gradio draws a tab when it is first shown.
 * @param {"sources" | "notes" | "settings"} tab
 * @param {string} selector
 * @param {(element: HTMLElement) => void} then
 */
function showThen(tab, selector, then) {
  showTab(tab);
  const attempt = () => {
    const found = document.querySelector(`#cw-left :is(fieldset:not(:disabled), section) ${selector}`);
    if (found instanceof HTMLElement) then(found);
    return found instanceof HTMLElement;
  };
  if (attempt()) return;
  const observer = new MutationObserver(() => attempt() && observer.disconnect());
  observer.observe(query(document, "#cw-left", HTMLElement), {
    subtree: true,
    childList: true,
    attributeFilter: ["disabled"],
  });
  setTimeout(() => observer.disconnect(), 5000);
}
