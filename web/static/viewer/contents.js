// @ts-check
// The document in the viewer: its overview, if one is kept, and its headings, tables and figures. A click opens the page.

import { messageOf, request } from "../api.js";
import { closest, make, query } from "../dom.js";

/** @type {Map<string, Promise<ContentsResponse>>} by document */
const cache = new Map();
/** @type {HTMLElement} */
let list;
/** @type {HTMLButtonElement} */
let toggle;
let documentId = "";

/**
 * @param {HTMLElement} viewer
 * @param {(page: number, start: number, end: number) => void} onChosen
 */
export function mountContents(viewer, onChosen) {
  list = query(viewer, "#cw-contents", HTMLElement);
  toggle = query(viewer, "[data-do=contents]", HTMLButtonElement);
  list.addEventListener("click", (event) => {
    const entry = closest(event, "button[data-place]");
    const [page = 1, start = 0, end = 0] = (entry?.dataset.place ?? "").split(":").map(Number);
    if (entry) onChosen(page, start, end);
    const question = closest(event, "button[data-question]")?.dataset.question;
    if (question) suggest(question);
  });
}

/**
 * Show the button if the document has contents.
 * @param {string} id
 */
export async function offerContents(id) {
  if (id === documentId) return;
  documentId = id;
  closeContents();
  toggle.hidden = true;
  const found = await fetchContents(id).catch(() => null); // the page itself tells what is wrong
  if (id === documentId) toggle.hidden = !found?.contents.length && !found?.overview;
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
    list.replaceChildren(make("p", { className: "cw-error" }, messageOf(error)));
  }
}

export function closeContents() {
  list.hidden = true;
  toggle.setAttribute("aria-expanded", "false");
}

/** Forget all contents, after documents were added, replaced or removed. */
export function clearContents() {
  cache.clear();
  documentId = "";
}

/** @param {string} id */
function fetchContents(id) {
  const cached = cache.get(id);
  if (cached) return cached;
  /** @type {Promise<ContentsResponse>} */
  const fetching = request(`contents/${id}`);
  fetching.catch(() => cache.delete(id));
  fetching.then(({ overview }) => overview || cache.delete(id)).catch(() => {}); // one may be made at any time
  cache.set(id, fetching);
  return fetching;
}

/** @param {ContentsResponse} found */
function draw({ overview, contents, note }) {
  const entries = contents.map(({ kind, level, title, page, start, end, place }) => {
    const attributes = { type: "button", className: "cw-link", "data-place": `${page}:${start}:${end}` };
    const button = make("button", attributes, title);
    const item = make("li", { className: `cw-${kind}` }, button, make("span", { className: "cw-meta" }, place));
    item.style.setProperty("--cw-level", String(level));
    return item;
  });
  list.replaceChildren(
    ...(overview ? [overviewView(overview)] : []),
    make("ul", {}, ...entries),
    ...(note ? [make("p", { className: "cw-note" }, note)] : []),
  );
}

/** @param {DocumentOverview} overview */
function overviewView({ paragraphs, note, language, questions }) {
  const asked = questions.map((question) =>
    make("button", { type: "button", className: "cw-link", "data-question": question }, question),
  );
  return make(
    "section",
    { className: "cw-overview", "aria-label": "Overview of the document" },
    ...paragraphs.map((text) => make("p", { lang: language }, text)),
    make("p", { className: "cw-note" }, note),
    ...asked,
  );
}

/**
 * Put a question into the box, to be sent or changed.
 * @param {string} question
 */
function suggest(question) {
  const box = query(document, "#cw-question textarea", HTMLTextAreaElement);
  box.value = question;
  box.dispatchEvent(new Event("input", { bubbles: true }));
  box.focus();
}
