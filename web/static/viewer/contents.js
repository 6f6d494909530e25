// @ts-check
// The headings, tables and figures of a document. A click opens the page.

import { messageOf, request } from "../api.js";
import { closest, make, query } from "../dom.js";

/** @import { Place } from "./target.js" */

/** @type {Map<string, Promise<ContentsResponse>>} by document */
const cache = new Map();
/** @type {HTMLElement} */
let list;
/** @type {HTMLButtonElement} */
let toggle;
let documentId = "";

/**
 * @param {HTMLElement} viewer
 * @param {(place: Place) => void} onChosen
 */
export function mountContents(viewer, onChosen) {
  list = query(viewer, "#cw-contents", HTMLElement);
  toggle = query(viewer, "[data-do=contents]", HTMLButtonElement);
  list.addEventListener("click", (event) => {
    const place = chosenPlace(event);
    if (place) onChosen(place);
  });
}

/**
 * Return the place of the entry that was clicked, if one was.
 * @param {Event} event
 * @returns {Place | undefined}
 */
export function chosenPlace(event) {
  const entry = closest(event, "button[data-place]");
  const [page = 1, start = 0, end = 0] = entry?.dataset.place?.split(":").map(Number) ?? [];
  return entry ? { page, start, end } : undefined;
}

/** @param {string} id */
export async function offerContents(id) {
  if (id === documentId && cache.has(id)) return;
  if (id !== documentId) {
    closeContents();
    list.replaceChildren();
    toggle.hidden = true;
  }
  documentId = id;
  const found = await fetchContents(id).catch(() => null); // the page itself tells what is wrong
  if (id === documentId) toggle.hidden = !found?.contents.length;
}

export async function toggleContents() {
  if (!list.hidden) return closeContents();
  list.hidden = false;
  toggle.setAttribute("aria-expanded", "true");
  const id = documentId;
  try {
    const found = await fetchContents(id);
    if (id === documentId) draw(found);
  } catch (error) {
    if (id === documentId) list.replaceChildren(make("p", { className: "cw-error" }, messageOf(error)));
  }
}

export function closeContents() {
  list.hidden = true;
  toggle.setAttribute("aria-expanded", "false");
}

/** Forget all contents, after documents were added, replaced or removed. Those of the open one can still be asked for. */
export function clearContents() {
  cache.clear();
}

/** @param {string} id */
export function fetchContents(id) {
  const cached = cache.get(id);
  if (cached) return cached;
  /** @type {Promise<ContentsResponse>} */
  const fetching = request(`contents/${id}`);
  fetching.catch(() => cache.delete(id));
  cache.set(id, fetching);
  return fetching;
}

/** @param {ContentsResponse} found */
function draw(found) {
  const note = found.note ? [make("p", { className: "cw-note" }, found.note)] : [];
  list.replaceChildren(contentsList(found), ...note);
}

/** @param {ContentsResponse} found */
export function contentsList({ contents }) {
  const entries = contents.map(({ kind, level, title, page, start, end, place }) => {
    const attributes = { type: "button", className: "cw-link", "data-place": `${page}:${start}:${end}` };
    const button = make("button", attributes, title);
    const item = make("li", { className: `cw-${kind}` }, button, make("span", { className: "cw-meta" }, place));
    item.style.setProperty("--cw-level", String(level));
    return item;
  });
  return make("ul", { className: "cw-entries" }, ...entries);
}
