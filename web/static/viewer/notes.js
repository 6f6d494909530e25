// @ts-check
// The notes pane: list, order, briefing. What is written is edited in a dialog.

import { messageOf, request, sendJson } from "../api.js";
import { askQuestion, restrictTo } from "../chat/ask.js";
import { openConversation } from "../current-conversation.js";
import { closest, keepChildren, make, query, setText } from "../dom.js";
import { exportLinks } from "../page/export-links.js";
import { allSources } from "../sources/known-sources.js";
import { keyed, mountRoving, restoreStop, revealRow } from "../sources/roving.js";
import { excludedIds } from "../sources/selection.js";
import { editNote, mountEditor } from "./note-editor.js";
import { noteRow } from "./note-row.js";
import { t } from "../page/messages.js";

const MAX_CHOSEN = 6;
/** @type {HTMLElement} */
let pane;
/** @type {HTMLElement} */
let list;
/** @type {Note[]} */
let notes = [];
/** @type {Set<string>} chosen for a briefing */
const chosen = new Set();
/** @type {Set<string>} */
const open = new Set();
/** @type {Map<string, HTMLElement>} the rows that are shown, by all that is drawn in them */
let rows = new Map();
let latestRequest = 0;

/** @param {HTMLElement} element */
export function mount(element) {
  pane = query(element, "section", HTMLElement);
  list = query(element, ".cw-notes", HTMLElement);
  mountEditor(element, refresh);
  pane.addEventListener("click", handleClick);
  list.addEventListener("change", (event) => {
    const box = closest(event, "input[type=checkbox]");
    if (box instanceof HTMLInputElement) choose(box.value, box.checked);
  });
  list.addEventListener("toggle", (event) => remember(event.target), true);
  mountRoving(list, { order: () => notes.map(({ id }) => id), reveal: (row) => revealRow(list, row) });
  mountDragging();
  query(pane, ".cw-exports", HTMLElement).append(...exportLinks("notes/file").flatMap((link) => [" ", link]));
  query(pane, "[data-do=new]", HTMLButtonElement).disabled = false;
  document.addEventListener("cw-notes-changed", refresh);
  addEventListener("focus", refresh); // another tab may have changed some
  refresh();
}

async function refresh() {
  const thisRequest = ++latestRequest;
  try {
    /** @type {{ notes: Note[] }} */
    const found = await request("notes");
    if (thisRequest !== latestRequest) return;
    notes = found.notes;
    draw();
  } catch (error) {
    if (thisRequest === latestRequest) showError(messageOf(error));
  }
}

/** Draw only what has changed: a click is lost, and so is the focus, where a row is replaced under it. */
function draw() {
  const ids = new Set(notes.map(({ id }) => id));
  for (const id of chosen) if (!ids.has(id)) chosen.delete(id);
  const active = document.activeElement;
  const focused = active instanceof HTMLElement && list.contains(active) ? active : null;
  const last = notes.length - 1;
  rows = new Map(
    notes.map((note, place) => {
      const key = JSON.stringify([note, place === 0, place === last]);
      const state = { place, last, isChosen: chosen.has(note.id), isOpen: open.has(note.id) };
      return [key, rows.get(key) ?? noteRow(note, state)];
    }),
  );
  const empty = t("None yet. Save an answer with the bookmark below it, select words anywhere, or write one.");
  if (rows.size) keepChildren(list, [...rows.values()]);
  else list.replaceChildren(make("li", { className: "cw-note" }, empty));
  restoreStop(list);
  if (focused && focused !== document.activeElement) focusAgain(focused.dataset);
  query(pane, ".cw-exports", HTMLElement).hidden = !rows.size;
  drawBriefing();
}

/**
 * Put the focus where it was before the rows were drawn; on the other arrow if the note can go no further.
 * @param {DOMStringMap} lost of the element that had it
 */
function focusAgain({ key, id }) {
  for (const each of [key, `down${id}`, `up${id}`]) {
    const found = keyed(list, each);
    if (found && !found.matches(":disabled")) return found.focus();
  }
}

function drawBriefing() {
  const tooMany = chosen.size > MAX_CHOSEN;
  showError(tooMany ? t("A briefing is written about up to {number} notes.", { number: MAX_CHOSEN }) : "");
  query(pane, "[data-do=briefing]", HTMLButtonElement).disabled = !chosen.size || tooMany;
}

/** @param {MouseEvent} event */
function handleClick(event) {
  const button = closest(event, "button[data-do]");
  const note = notes.find(({ id }) => id === button?.dataset.id);
  const place = note ? notes.indexOf(note) : 0;
  const action = button?.dataset.do;
  if (action === "new") editNote(null);
  if (action === "briefing") writeBriefing();
  if (action === "edit" && note) editNote(note);
  if (action === "delete" && note) remove(note);
  if (action === "up" && note) move(note.id, place - 1);
  if (action === "down" && note) move(note.id, place + 1);
}

/**
 * @param {string} id
 * @param {boolean} isChosen
 */
function choose(id, isChosen) {
  if (isChosen) chosen.add(id);
  else chosen.delete(id);
  drawBriefing();
}

/** @param {EventTarget | null} details that were opened or closed */
function remember(details) {
  if (!(details instanceof HTMLDetailsElement) || !details.dataset.id) return;
  if (details.open) open.add(details.dataset.id);
  else open.delete(details.dataset.id);
  restoreStop(list); // what is folded away is no stop
}

/**
 * @param {string} id
 * @param {number} place
 */
async function move(id, place) {
  const from = notes.findIndex((each) => each.id === id);
  const note = notes[from];
  if (!note || place < 0 || place >= notes.length || place === from) return;
  notes.splice(from, 1);
  notes.splice(place, 0, note);
  draw();
  const now = { title: note.shown_title, place: place + 1, total: notes.length };
  query(pane, ".cw-note-said", HTMLElement).textContent = t("{title} is now {place} of {total}.", now);
  await change(() => sendJson("PUT", `notes/${id}/place`, { place }));
}

/** Order notes by dragging them; the arrow buttons do the same by keyboard and touch. */
function mountDragging() {
  /** @type {HTMLElement | null} */
  let dragged = null;
  list.addEventListener("dragstart", (event) => {
    dragged = closest(event, "li[draggable]");
    if (!dragged || !event.dataTransfer) return;
    event.dataTransfer.effectAllowed = "move";
    event.dataTransfer.setData("text/plain", dragged.querySelector("summary")?.textContent ?? "");
    dragged.classList.add("cw-dragged");
  });
  list.addEventListener("dragover", (event) => {
    const over = closest(event, "li[draggable]");
    if (!dragged || !over) return;
    event.preventDefault();
    if (over === dragged) return;
    const { top, height } = over.getBoundingClientRect();
    if (event.clientY < top + height / 2) over.before(dragged);
    else over.after(dragged);
  });
  list.addEventListener("drop", (event) => dragged && event.preventDefault());
  list.addEventListener("dragend", () => {
    const moved = dragged;
    dragged = null;
    if (!moved) return;
    moved.classList.remove("cw-dragged");
    move(moved.dataset.id ?? "", [...list.children].indexOf(moved));
  });
}

/** @param {Note} note */
async function remove(note) {
  if (!confirm(t("Delete the note “{title}”? This cannot be undone.", { title: note.shown_title }))) return;
  await change(() => request(`notes/${note.id}`, { method: "DELETE" }));
}

/** @param {() => Promise<unknown>} send */
async function change(send) {
  try {
    await send();
    await refresh();
  } catch (error) {
    await refresh();
    showError(messageOf(error));
  }
}

async function writeBriefing() {
  try {
    /** @type {{ question: string, documents: number[] }} */
    const { question, documents } = await sendJson("POST", "notes/briefing", { notes: [...chosen] });
    openConversation("");
    restrictTo(sourcesOf(documents));
    askQuestion(question);
  } catch (error) {
    showError(messageOf(error));
  }
}

/**
 * Return the ticked sources and those that the notes quote; none if that is all of them.
 * @param {number[]} quoted
 */
function sourcesOf(quoted) {
  const excluded = excludedIds() ?? [];
  const left = excluded.filter((id) => !quoted.includes(id));
  if (!excluded.some((id) => quoted.includes(id)) || !left.length) return [];
  return allSources()
    .map(({ id, name }) => ({ id, name }))
    .filter(({ id }) => !left.includes(id));
}

/** @param {string} text */
function showError(text) {
  setText(query(pane, ".cw-error", HTMLElement), text);
}
