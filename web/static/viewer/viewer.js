// @ts-check
// The source viewer beside the chat: opens cited pages, steps through citations and pages, zooms.

import { messageOf } from "../api.js";
import { closest, query } from "../dom.js";
import { closeContents, mountContents, offerContents, toggleContents } from "./contents.js";
import { fetchPage, imageView, loadImage } from "./page-view.js";
import { textView } from "./text-view.js";

/** @import { LoadedPage, Target } from "./page-view.js" */

const ZOOMS = [0.5, 0.75, 1, 1.25, 1.5, 2, 3, 4]; // widths of the pane
/** @type {HTMLElement} */
let section;
/** @type {HTMLButtonElement | null} the citation or document that the viewer was opened from */
let origin = null;
/** @type {Target | null} */
let requested = null;
/** @type {LoadedPage | null} the page that is drawn */
let shown = null;
let zoomIndex = ZOOMS.indexOf(1);
let asText = false;
let latestRequest = 0;

/** @type {Record<string, () => void>} by the buttons' data-do */
const ACTIONS = {
  close,
  "cited-before": () => stepCitation(-1),
  "cited-after": () => stepCitation(1),
  "page-before": () => stepPage(-1),
  "page-after": () => stepPage(1),
  "as-text": toggleText,
  contents: toggleContents,
  smaller: () => zoomBy(-1),
  larger: () => zoomBy(1),
};

/** @type {Record<string, string>} */
const KEYS = {
  Escape: "close",
  PageUp: "page-before",
  PageDown: "page-after",
  "[": "cited-before",
  "]": "cited-after",
  "+": "larger",
  "-": "smaller",
};

/** @param {HTMLElement} element */
export function mount(element) {
  section = query(element, "#cw-viewer", HTMLElement);
  mountContents(section, (page, start, end) => {
    if (requested) open({ id: requested.id, page, start, end, quote: "" });
  });
  section.addEventListener("click", (event) => {
    const button = closest(event, "button[data-do]");
    ACTIONS[button?.dataset.do ?? ""]?.();
  });
  section.addEventListener("keydown", (event) => {
    const action = KEYS[event.key];
    if (!action || event.ctrlKey || event.altKey || event.metaKey) return;
    event.preventDefault();
    if (availableActions()[action] ?? true) ACTIONS[action]?.();
  });
}

/**
 * Open the page of a citation or document.
 * @param {HTMLButtonElement} citation
 */
export function show(citation) {
  origin = citation;
  for (const other of document.querySelectorAll(".cw-current")) other.classList.remove("cw-current");
  citation.classList.add("cw-current");
  open(targetOf(citation)).then(() => query(section, ".cw-page", HTMLElement).focus({ preventScroll: true }));
}

/**
 * Fetch the page of a citation that is pointed at, so that it is there when clicked.
 * @param {HTMLButtonElement} citation
 */
export function prefetch(citation) {
  fetchPage(targetOf(citation)).catch(() => {}); // the click shows the error
}

/**
 * @param {HTMLButtonElement} citation
 * @returns {Target}
 */
function targetOf(citation) {
  const [id = "", page, start, end, quote = ""] = citation.value.split(":");
  return { id, page: Number(page), start: Number(start), end: Number(end), quote };
}

/** @param {Target} target */
async function open(target) {
  const thisRequest = ++latestRequest;
  requested = target;
  offerContents(target.id);
  section.hidden = false;
  query(document, "#cw-quotes", HTMLElement).hidden = true;
  section.setAttribute("aria-busy", "true");
  try {
    const page = await fetchPage(target);
    if (thisRequest !== latestRequest) return;
    shown = page;
    draw(page);
  } catch (error) {
    if (thisRequest !== latestRequest) return;
    shown = null;
    setText(".cw-viewer-title", "");
    setText(".cw-viewer-note", messageOf(error));
    query(section, ".cw-page", HTMLElement).replaceChildren();
  }
  section.removeAttribute("aria-busy");
  updateButtons();
}

/** @param {LoadedPage} page */
function draw(page) {
  const position = page.pages > 1 ? ` · ${page.page} of ${page.pages}` : "";
  setText(".cw-viewer-title", `${page.document}${position}`);
  setText(".cw-viewer-note", page.note);
  const container = query(section, ".cw-page", HTMLElement);
  container.style.setProperty("--cw-zoom", String(zoom()));
  container.replaceChildren(page.image && !asText ? imageView(page, page.image) : textView(page));
  container.scrollTo(0, 0);
  container.querySelector(".cw-box, mark")?.scrollIntoView({ block: "center", inline: "nearest" });
}

/**
 * @param {string} selector
 * @param {string} text
 */
function setText(selector, text) {
  query(section, selector, HTMLElement).textContent = text;
}

function zoom() {
  return ZOOMS[zoomIndex] ?? 1;
}

/** Return the citations of the same answer, or the documents of the list, in their order. */
function siblings() {
  const within = origin?.isConnected && origin.closest(".message, #cw-quotes, #cw-documents");
  /** @type {NodeListOf<HTMLButtonElement> | never[]} */
  const found = within ? within.querySelectorAll("button.cw-chip, button.cw-open") : [];
  const all = [...found];
  return { all, index: origin ? all.indexOf(origin) : -1 };
}

/** @param {number} step */
function stepCitation(step) {
  const { all, index } = siblings();
  const next = all[index + step];
  if (next) show(next);
}

/** @param {number} step */
function stepPage(step) {
  if (!shown || !requested) return;
  const page = requested.page + step;
  if (page >= 1 && page <= shown.pages) open({ id: requested.id, page, start: 0, end: 0, quote: "" });
}

/** @param {number} step */
async function zoomBy(step) {
  zoomIndex += step;
  query(section, ".cw-page", HTMLElement).style.setProperty("--cw-zoom", String(zoom()));
  updateButtons();
  const page = shown;
  if (!page?.image || !page.picture) return;
  const sharper = await loadImage(page.picture, zoom()).catch(() => null);
  if (!sharper || shown !== page) return;
  sharper.alt = page.image.alt;
  page.image.replaceWith(sharper);
  page.image = sharper;
}

function toggleText() {
  asText = !asText;
  if (shown) draw(shown);
  updateButtons();
}

function close() {
  section.hidden = true;
  closeContents();
  query(document, "#cw-quotes", HTMLElement).hidden = false;
  document.dispatchEvent(new CustomEvent("cw-close"));
  if (origin?.isConnected) origin.focus();
}

/** @returns {Record<string, boolean>} */
function availableActions() {
  const { all, index } = siblings();
  return {
    "cited-before": index > 0,
    "cited-after": index >= 0 && index < all.length - 1,
    "page-before": shown !== null && shown.page > 1,
    "page-after": shown !== null && shown.page < shown.pages,
    smaller: zoomIndex > 0,
    larger: zoomIndex < ZOOMS.length - 1,
  };
}

function updateButtons() {
  for (const [action, isAvailable] of Object.entries(availableActions())) {
    query(section, `[data-do=${action}]`, HTMLButtonElement).disabled = !isAvailable;
  }
  const toggle = query(section, "[data-do=as-text]", HTMLButtonElement);
  toggle.hidden = !shown?.image;
  toggle.setAttribute("aria-pressed", String(asText));
}
