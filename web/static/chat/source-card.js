// @ts-check
// A card beside a citation or a verdict: what the source says, where, and how far it supports the sentence. It opens
// when one is pointed at, focused or held, and goes with Escape; a click on a citation opens its page as ever.

import { addToPage, closest, make, queryAll } from "../dom.js";
import { cropView } from "../viewer/crop-view.js";
import { textBetween } from "../viewer/marked-text.js";
import { fetchPage } from "../viewer/page-view.js";
import { targetOf } from "../viewer/target.js";
import { t } from "../page/messages.js";

const CUES = ".cw-chip, .cw-mark";
const OPEN_MS = 350;
const CLOSE_MS = 250;
const HOLD_MS = 500;
const GAP = 6;
const MAX_CHARACTERS = 280;
const ID = "cw-source-card";

/** @type {HTMLElement} */
let card;
/** @type {HTMLElement | null} the citation or verdict that the card is about, or will be */
let cue = null;
let isPinned = false;
let isHeld = false;
/** @type {ReturnType<typeof setTimeout> | undefined} */
let timer;

export function watchCards() {
  card = make("div", { id: ID, role: "tooltip", hidden: true });
  addToPage(card);
  document.addEventListener("pointerover", handlePointer);
  document.addEventListener("pointerdown", handlePress);
  for (const name of ["pointerup", "pointercancel"])
    document.addEventListener(name, () => isHeld || clearTimeout(timer));
  document.addEventListener("contextmenu", (event) => isHeld && event.preventDefault());
  document.addEventListener("focusin", (event) => {
    const found = closest(event, CUES);
    if (found?.matches(":focus-visible")) plan(found, OPEN_MS);
    else if (!found && !isPinned) close();
  });
  document.addEventListener("click", handleClick, true);
  document.addEventListener("keydown", handleKey, true);
  // One that is yet to open is not given up: the pointer may stay on its citation as the page settles.
  const closeOpened = (/** @type {Event} */ event) => !card.hidden && event.target !== card && close();
  document.addEventListener("scroll", closeOpened, { capture: true, passive: true });
}

/** @param {PointerEvent} event */
function handlePointer(event) {
  if (event.pointerType === "touch" || isPinned) return;
  const found = closest(event, CUES);
  if (found && found === cue) {
    if (!card.hidden) clearTimeout(timer);
  } else if (found) plan(found, OPEN_MS);
  else if (card.contains(/** @type {Node} */ (event.target))) clearTimeout(timer);
  else if (cue) {
    clearTimeout(timer);
    timer = setTimeout(close, card.hidden ? 0 : CLOSE_MS);
  }
}

/**
 * A finger points at nothing: it holds a citation to see its card.
 * @param {PointerEvent} event
 */
function handlePress(event) {
  const found = closest(event, CUES);
  if (!found && !card.contains(/** @type {Node} */ (event.target))) close();
  isHeld = false;
  if (found && event.pointerType === "touch") plan(found, HOLD_MS, () => (isHeld = true));
}

/** @param {MouseEvent} event */
function handleClick(event) {
  const found = closest(event, CUES);
  if (!found) return;
  if (isHeld) {
    isHeld = false;
    event.preventDefault();
    event.stopPropagation();
  } else if (found.matches(".cw-mark")) {
    const wasPinned = isPinned && found === cue;
    close();
    if (!wasPinned) plan(found, 0, () => pin(found));
  } else close();
}

/** @param {KeyboardEvent} event */
function handleKey(event) {
  if (event.key !== "Escape" || card.hidden) return;
  event.preventDefault();
  event.stopPropagation();
  close();
}

/**
 * Open the card of a citation or verdict after a moment.
 * @param {HTMLElement} found
 * @param {number} pause in milliseconds
 * @param {() => void} [then]
 */
function plan(found, pause, then) {
  if (found === cue && !card.hidden) return;
  close();
  cue = found;
  // The browser's own tip would lie over the card.
  if (found.title) [found.dataset.title, found.title] = [found.title, ""];
  timer = setTimeout(() => {
    then?.();
    open(found);
  }, pause);
}

/**
 * Return what a citation says: document, place and words.
 * @param {HTMLElement} chip
 */
export function saidBy(chip) {
  return chip.dataset.title || chip.title;
}

/** @param {HTMLElement} found */
function pin(found) {
  isPinned = true;
  found.setAttribute("aria-expanded", "true");
}

/** @param {HTMLElement} found */
async function open(found) {
  const content = found.matches(".cw-mark") ? await verdict(found) : [state(found), ...(await source(found))];
  if (found !== cue || !found.isConnected) return;
  card.replaceChildren(...content);
  card.hidden = false;
  found.setAttribute("aria-describedby", ID);
  place(found.getBoundingClientRect());
}

function close() {
  clearTimeout(timer);
  if (!cue) return;
  if (cue.dataset.title) cue.title = cue.dataset.title;
  delete cue.dataset.title;
  cue.removeAttribute("aria-describedby");
  if (cue.matches(".cw-mark")) cue.setAttribute("aria-expanded", "false");
  cue = null;
  isPinned = false;
  card.hidden = true;
}

/** @param {DOMRect} at */
function place(at) {
  card.scrollTo(0, 0);
  card.style.maxHeight = "";
  const { width, height } = card.getBoundingClientRect();
  const [above, below] = [at.top - 2 * GAP, innerHeight - at.bottom - 2 * GAP];
  const isBelow = height <= below || below >= above;
  const room = Math.min(height, isBelow ? below : above);
  const left = Math.min(Math.max(GAP, at.left + at.width / 2 - width / 2), innerWidth - width - GAP);
  const top = isBelow ? at.bottom + GAP : at.top - GAP - room;
  Object.assign(card.style, { left: `${Math.max(0, left)}px`, top: `${top}px`, maxHeight: `${room}px` });
}

/**
 * Return how far a source supports the sentence that cites it.
 * @param {HTMLElement} chip
 */
function state(chip) {
  if (chip.closest(".cw-disputed")) return line("cw-disputed", t("≠ Says otherwise"));
  const answer = chip.closest("[data-testid=bot], .cw-guide-text, .cw-written");
  if (chip.closest(".cw-note, .cw-draft") || !answer || answer.querySelector(".cw-refusal")) {
    return line("cw-note", t("Read for the answer"));
  }
  const mark = markAfter(chip);
  if (mark) return line("cw-weak", mark.textContent ?? "", reasonOf(mark));
  return line("cw-supported", t("✓ Supports the sentence"));
}

/**
 * @param {string} className
 * @param {string} text
 * @param {string} [more]
 */
function line(className, text, more = "") {
  return make("p", {}, make("span", { className: `${className} cw-verdict` }, text), more ? ` ${more}` : "");
}

/**
 * Return the document, place and words of a citation, and where they stand on the page if it has a picture.
 * @param {HTMLElement} chip
 * @returns {Promise<HTMLElement[]>}
 */
async function source(chip) {
  const page = chip instanceof HTMLButtonElement ? await fetchPage(targetOf(chip)).catch(() => null) : null;
  const quoted = page ? textBetween(page.text, page.start, page.end) : "";
  if (!page || !quoted.trim()) {
    const note = page?.note ? [make("p", { className: "cw-note" }, page.note)] : [];
    return [make("p", {}, saidBy(chip)), ...note];
  }
  const number = make("span", { className: "cw-number" }, chip.textContent ?? "");
  const where = make("span", { className: "cw-meta" }, page.place);
  const head = make("p", { className: "cw-card-head" }, number, make("b", {}, page.document), where);
  const crop = page.image && page.boxes.length ? [cropView(page, page.image)] : [];
  return [head, make("blockquote", { dir: "auto" }, shortened(quoted)), ...crop];
}

/**
 * Return what a verdict means, what is lacking, and what the sources say.
 * @param {HTMLElement} mark
 */
async function verdict(mark) {
  const sources = await Promise.all(chipsBefore(mark).map(source));
  return [line(mark.classList[0] ?? "", mark.textContent ?? "", reasonOf(mark)), ...sources.flat()];
}

/** @param {Element} mark */
function reasonOf(mark) {
  const reason = mark.nextElementSibling;
  return reason?.matches(".cw-reason") ? (reason.textContent ?? "").trim() : "";
}

/**
 * Return the verdict on the sentence of a citation, or null: only other citations stand between them.
 * @param {Element} chip
 */
function markAfter(chip) {
  for (let next = following(chip); next; next = following(next)) {
    if (next.matches(".cw-mark")) return next;
    if (!next.matches(".cw-chip")) return null;
  }
  return null;
}

/** @param {Element} element */
function following(element) {
  const node =
    element.nextSibling ?? (element.parentElement?.matches(".cw-glued") ? element.parentElement.nextSibling : null);
  const isSpace = node instanceof Text && !node.data.trim();
  const next = isSpace ? node.nextSibling : node;
  return next instanceof Element ? next : null;
}

/** @param {HTMLElement} mark */
function chipsBefore(mark) {
  const chips = mark.parentElement ? queryAll(mark.parentElement, ".cw-chip") : [];
  return chips.filter((chip) => markAfter(chip) === mark);
}

/** @param {string} text */
function shortened(text) {
  const words = text.replaceAll(/\s+/g, " ").trim();
  return words.length > MAX_CHARACTERS ? `${words.slice(0, MAX_CHARACTERS).replace(/\s+\S*$/, "")} …` : words;
}
