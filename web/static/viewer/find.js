// @ts-check
// Finding words in a document: a field above its page, and the places found, which the viewer opens and marks.

import { messageOf, request } from "../api.js";
import { query } from "../dom.js";
import { t } from "../page/messages.js";

/** @import { Range } from "./marked-text.js" */
/** @typedef {[page: number, start: number, end: number]} Hit */

const PAUSE_MS = 200;
/** @type {HTMLElement} */
let bar;
/** @type {HTMLInputElement} */
let field;
/** @type {(hit: Hit) => void} */
let onFound;
let documentId = "";
let searched = "";
/** @type {Hit[]} */
let hits = [];
let current = -1;
let note = "";
let latestRequest = 0;
/** @type {ReturnType<typeof setTimeout> | undefined} */
let timer;

/**
 * @param {HTMLElement} viewer
 * @param {(hit: Hit) => void} openHit
 */
export function mountFind(viewer, openHit) {
  bar = query(viewer, ".cw-find", HTMLElement);
  field = query(bar, "input", HTMLInputElement);
  onFound = openHit;
  field.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(search, PAUSE_MS);
  });
  bar.addEventListener("keydown", (event) => {
    event.stopPropagation(); // the viewer's keys are letters here
    if (event.key === "Escape") closeFind();
    if (event.key === "Enter" && event.target === field) step(event.shiftKey ? -1 : 1);
    if (event.key === "Enter" || event.key === "Escape") event.preventDefault();
  });
}

/** @param {string} id */
export function openFind(id) {
  documentId = id;
  bar.hidden = false;
  field.focus();
  field.select();
}

/** Hide the field, with the marks of what was found. */
export function closeFind() {
  if (bar.hidden) return;
  forget();
  bar.hidden = true;
  bar.dispatchEvent(new CustomEvent("cw-find-closed", { bubbles: true }));
}

/**
 * Find in another document, if one is shown.
 * @param {string} id
 */
export function findIn(id) {
  if (id === documentId) return;
  documentId = id;
  forget();
  bar.hidden = true;
}

/**
 * Return the places found on a page, to be marked.
 * @param {number} page
 * @returns {Range[]}
 */
export function foundOn(page) {
  const there = hits.filter(([number]) => number === page);
  return there.map(([, start, end]) => ({ start, end, className: "cw-hit" }));
}

/**
 * Open the next place, or the one before; search first if the words are others.
 * @param {number} by
 */
export async function step(by) {
  if (searched !== field.value.trim()) return search();
  if (!hits.length) return;
  current = (current + by + hits.length) % hits.length;
  show();
}

async function search() {
  clearTimeout(timer);
  const words = field.value.trim();
  const [thisRequest, id] = [++latestRequest, documentId];
  searched = words;
  if (!words) return tell(forgetHits());
  try {
    /** @type {{ hits: Hit[], note: string }} */
    const found = await request(`find/${id}?words=${encodeURIComponent(words)}`);
    if (thisRequest !== latestRequest) return;
    [hits, note, current] = [found.hits, found.note, found.hits.length ? 0 : -1];
    show();
  } catch (error) {
    if (thisRequest === latestRequest) tell(forgetHits() || messageOf(error));
  }
}

function show() {
  tell(hits.length ? t("{hit} of {hits}", { hit: current + 1, hits: hits.length }) : t("Not found"));
  const hit = hits[current];
  if (hit) onFound(hit);
}

function forget() {
  clearTimeout(timer);
  latestRequest++;
  field.value = searched = "";
  tell(forgetHits());
}

function forgetHits() {
  [hits, current, note] = [[], -1, ""];
  return "";
}

/** @param {string} text */
function tell(text) {
  const state = query(bar, ".cw-find-state", HTMLElement);
  state.textContent = text;
  state.title = note;
  for (const button of bar.querySelectorAll("button[data-do^=found]")) {
    if (button instanceof HTMLButtonElement) button.disabled = hits.length < 2;
  }
}
