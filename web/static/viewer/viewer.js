// @ts-check
// The source viewer beside the chat: opens cited pages, steps through citations and pages, zooms.

import { messageOf } from "../api.js";
import { watch } from "../current-conversation.js";
import { closest, query, readingKey, setText } from "../dom.js";
import { closeBeside, isBeside, mountBeside, openBeside } from "./beside.js";
import { closeContents, mountContents, offerContents, toggleContents } from "./contents.js";
import { closeFind, findIn, foundOn, mountFind, openFind, step } from "./find.js";
import { mountPageNumber, showPageNumber } from "./page-number.js";
import { drawPage, fetchPage, loadImage, titleOf } from "./page-view.js";
import { isShown, mountQuotesPane, showLatestQuotes, showQuotesOf, showView } from "./right-pane.js";
import { cellsOn, citedOn, pageOf, targetOf } from "./target.js";
import { availableZooms, setZoom, zoomOf } from "./zoom.js";
import { t } from "../page/messages.js";

/** @import { LoadedPage } from "./page-view.js" */
/** @import { Place, Target } from "./target.js" */

/** @type {HTMLElement} */
let section;
/** @type {HTMLButtonElement | null} the citation or document that the viewer was opened from */
let origin = null;
/** @type {Target | null} */
let requested = null;
/** @type {LoadedPage | null} the page that is drawn */
let shown = null;
let asText = false;
/** @type {"quotes" | "guide"} what was shown before the page */
let before = "quotes";
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
  beside: toggleBeside,
  smaller: () => zoomBy(-1),
  larger: () => zoomBy(1),
  "as-wide": () => zoomBy(0),
  find: () => requested && openFind(requested.id),
  "find-close": closeFind,
  "found-before": () => step(-1),
  "found-after": () => step(1),
};

/** @type {Record<string, string>} */
const KEYS = {
  Escape: "close",
  PageUp: "page-before",
  PageDown: "page-after",
  ArrowLeft: "page-before",
  ArrowRight: "page-after",
  "[": "cited-before",
  "]": "cited-after",
  "+": "larger",
  "-": "smaller",
  0: "as-wide",
  b: "beside",
};

/** @param {HTMLElement} element */
export function mount(element) {
  section = query(element, "#cw-viewer", HTMLElement);
  mountQuotesPane();
  mountBeside(element, () => {
    updateButtons();
    focusPage();
  });
  document.addEventListener("cw-asked", leave);
  mountContents(section, openHere);
  mountPageNumber(section, (page) => requested && openPlace(pageOf(requested.id, page)));
  section.addEventListener("click", (event) => {
    const button = closest(event, "button[data-do]");
    ACTIONS[button?.dataset.do ?? ""]?.();
  });
  watch((_id, isNavigation) => {
    if (isNavigation && !origin?.closest("#cw-documents")) leave();
  });
  mountFind(section, ([page, start, end]) => openHere({ page, start, end }));
  section.addEventListener("cw-find-closed", () => {
    if (shown) draw(shown);
    focusPage();
  });
  section.addEventListener("keydown", handleKey);
}

/** @param {KeyboardEvent} event */
function handleKey(event) {
  const isFind = event.key === "f" && (event.ctrlKey || event.metaKey) && !event.altKey && !event.shiftKey;
  const action = isFind ? "find" : KEYS[readingKey(event, section)];
  const page = query(section, ".cw-page", HTMLElement);
  const scrolls = event.key.startsWith("Arrow") && page.scrollWidth > page.clientWidth;
  if (!action || scrolls) return;
  event.preventDefault();
  if (availableActions()[action] ?? true) ACTIONS[action]?.();
}

/** @param {HTMLButtonElement} citation */
export function show(citation) {
  origin = citation;
  for (const other of document.querySelectorAll(".cw-current")) other.classList.remove("cw-current");
  citation.classList.add("cw-current");
  openPlace(targetOf(citation));
}

/**
 * Open a place of a document, and go to its page unless the reader has gone elsewhere by then.
 * @param {Target} target
 */
export async function openPlace(target) {
  const from = document.activeElement;
  await open(target);
  if (document.activeElement === from || document.activeElement === document.body) focusPage();
}

function focusPage() {
  query(section, ".cw-page", HTMLElement).focus({ preventScroll: true });
}

export function shownPage() {
  return isShown("viewer") ? citedOn(requested, shown) : null;
}

/**
 * Fetch the page of a citation that is pointed at, so that it is there when clicked.
 * @param {HTMLButtonElement} citation
 */
export function prefetch(citation) {
  fetchPage(targetOf(citation)).catch(() => {}); // the click shows the error
}

/** @param {Place} place in the document that is shown */
function openHere(place) {
  if (requested) open({ id: requested.id, ...place, quote: "" });
}

/** @param {Target} target */
async function open(target) {
  const thisRequest = ++latestRequest;
  requested = target;
  offerContents(target.id);
  findIn(target.id);
  if (!isShown("viewer")) before = isShown("guide") ? "guide" : "quotes";
  const back = before === "guide" ? t("Back to the overview") : t("Back to the quotes");
  const close = query(section, "[data-do=close]", HTMLElement);
  close.setAttribute("aria-label", back);
  close.title = t("{action} ({key})", { action: back, key: "Escape" });
  showView("viewer");
  section.setAttribute("aria-busy", "true");
  try {
    const page = await fetchPage(target);
    if (thisRequest !== latestRequest) return;
    shown = page;
    draw(page);
  } catch (error) {
    if (thisRequest !== latestRequest) return;
    shown = null;
    setText(query(section, ".cw-viewer-title", HTMLElement), "");
    setText(query(section, ".cw-viewer-note", HTMLElement), messageOf(error));
    query(section, ".cw-page", HTMLElement).replaceChildren();
  }
  section.removeAttribute("aria-busy");
  updateButtons();
}

/** @param {LoadedPage} page */
function draw(page) {
  setText(query(section, ".cw-viewer-title", HTMLElement), titleOf(page));
  setText(query(section, ".cw-viewer-note", HTMLElement), page.note);
  const container = query(section, ".cw-page", HTMLElement);
  container.style.setProperty("--cw-zoom", String(zoom()));
  drawPage(container, page, [...foundOn(page.page), ...cellsOn(requested, page)], asText);
}

function zoom() {
  return zoomOf(requested?.id ?? "");
}

/** Return the citations of the same answer, or the documents of the list, in their order. */
function siblings() {
  const within = origin?.isConnected && origin.closest(".message, #cw-quotes, #cw-earlier, #cw-documents");
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
  if (page >= 1 && page <= shown.pages) open(pageOf(requested.id, page));
}

/** @param {number} by */
async function zoomBy(by) {
  if (requested) setZoom(requested.id, by);
  query(section, ".cw-page", HTMLElement).style.setProperty("--cw-zoom", String(zoom()));
  updateButtons();
  const [page, wanted] = [shown, zoom()];
  if (!page?.image || !page.picture) return;
  const sharper = await loadImage(page.picture, wanted).catch(() => null);
  if (!sharper || shown !== page || zoom() !== wanted) return; // a later picture may be there already
  sharper.alt = page.image.alt;
  page.image.replaceWith(sharper);
  page.image = sharper;
}

function toggleText() {
  asText = !asText;
  if (shown) draw(shown);
  updateButtons();
}

/** Hold the page beside the viewer, which goes on to what the same answer cites in another source, if it does. */
function toggleBeside() {
  if (!requested || isBeside()) {
    closeBeside();
    return updateButtons();
  }
  openBeside(requested);
  const { all, index } = siblings();
  const isAnswer = index >= 0 && !origin?.closest("#cw-documents");
  const others = isAnswer ? [...all.slice(index + 1), ...all.slice(0, index)] : [];
  const other = others.find((each) => targetOf(each).id !== requested?.id);
  if (other) show(other);
  updateButtons();
}

/** Go back to the guide, or to the quotes of the answer that the page was opened from. */
function close() {
  closeContents();
  if (before === "guide") {
    showView("guide");
    query(document, "#cw-guide", HTMLElement).focus({ preventScroll: true });
    return;
  }
  showQuotesOf(origin);
  document.dispatchEvent(new CustomEvent("cw-close"));
  if (origin?.isConnected) origin.focus();
}

/** Make room for the quotes of an answer to come, or of another conversation. */
function leave() {
  closeContents();
  closeBeside();
  showLatestQuotes();
}

/** @returns {Record<string, boolean>} */
function availableActions() {
  const { all, index } = siblings();
  return {
    "cited-before": index > 0,
    "cited-after": index >= 0 && index < all.length - 1,
    "page-before": shown !== null && shown.page > 1,
    "page-after": shown !== null && shown.page < shown.pages,
    ...availableZooms(requested?.id ?? ""),
  };
}

function updateButtons() {
  showPageNumber(shown);
  for (const [action, isAvailable] of Object.entries(availableActions())) {
    query(section, `[data-do=${action}]`, HTMLButtonElement).disabled = !isAvailable;
  }
  const toggle = query(section, "[data-do=as-text]", HTMLButtonElement);
  toggle.hidden = !shown?.image;
  toggle.setAttribute("aria-pressed", String(asText));
  query(section, "[data-do=beside]", HTMLElement).setAttribute("aria-pressed", String(isBeside()));
}
