// @ts-check
// A menu beside selected words of an answer, a quote or a source: ask about them, or save them as a note.

import { putQuestion, restrictTo } from "../chat/ask.js";
import { answerNumber } from "../chat/feedback.js";
import { currentId } from "../current-conversation.js";
import { addToPage, closest, make } from "../dom.js";
import { showTex } from "../page/formulas.js";
import { t } from "../page/messages.js";
import { sourceOf } from "../sources/known-sources.js";
import { besidePage } from "./beside.js";
import { textBetween } from "./marked-text.js";
import { saveNote } from "./save-note.js";
import { targetOf } from "./target.js";
import { shownPage } from "./viewer.js";

const PAUSE_MS = 200;
const MAX_QUOTED = 300;
const GAP = 8;
const CARDS = ":is(#cw-quotes, #cw-earlier) .cw-card";
const NOT_TEXT = "button, .cw-weak, .cw-unsupported, .cw-translated, .cw-disputed, .cw-reason, .cw-note";

/** @typedef {{ text: string, documents: number[], note: Record<string, unknown> | null }} Words what was selected */

/** @type {HTMLElement} */
let menu;
/** @type {Words | null} */
let words = null;
/** @type {ReturnType<typeof setTimeout> | undefined} */
let timer;

export function watchSelections() {
  const button = (/** @type {string} */ action, /** @type {string} */ label) =>
    make("button", { type: "button", className: "cw-button", "data-act": action }, label);
  const look = { className: "cw-selection", role: "toolbar", "aria-label": t("The selected words"), hidden: true };
  menu = make("div", look, button("ask", t("Ask about this")), button("save", t("Save as note")));
  addToPage(menu);
  menu.addEventListener("pointerdown", (event) => event.preventDefault()); // the selection stays
  menu.addEventListener("click", (event) => act(closest(event, "button")?.dataset.act));
  document.addEventListener("selectionchange", () => {
    clearTimeout(timer);
    timer = setTimeout(update, PAUSE_MS);
  });
  document.addEventListener("scroll", hide, { capture: true, passive: true });
  document.addEventListener("keydown", handleKey, true);
  document.addEventListener("click", (event) => {
    if (closest(event, "#cw-viewer [data-do=keep]")) keepCited();
  });
}

function update() {
  if (menu.contains(document.activeElement)) return;
  const range = selectedRange();
  words = range && wordsOf(range);
  if (range && words) showAt(range.getBoundingClientRect(), words);
  else hide();
}

function selectedRange() {
  const selection = getSelection();
  return selection?.rangeCount && !selection.isCollapsed ? selection.getRangeAt(0) : null;
}

/**
 * @param {DOMRect} place
 * @param {Words} shown
 */
function showAt(place, shown) {
  words = shown;
  menu.hidden = false;
  const save = menu.querySelector("[data-act=save]");
  if (save instanceof HTMLElement) save.hidden = !shown.note;
  const { width, height } = menu.getBoundingClientRect();
  const below = place.bottom + GAP;
  const top = below + height > innerHeight ? Math.max(GAP, place.top - height - GAP) : below; // touch has its own above
  const left = Math.min(Math.max(GAP, place.left), innerWidth - width - GAP);
  Object.assign(menu.style, { top: `${top}px`, left: `${left}px` });
}

function hide() {
  if (menu.contains(document.activeElement)) return;
  menu.hidden = true;
}

/** @param {KeyboardEvent} event */
function handleKey(event) {
  if (event.key === "Escape" && !menu.hidden) {
    event.stopPropagation();
    close();
  } else if (event.key === "Tab" && !event.shiftKey && !menu.hidden && !menu.contains(document.activeElement)) {
    event.preventDefault();
    menu.querySelector("button")?.focus();
  } else if (event.key === "m" && !event.ctrlKey && !event.metaKey && !event.altKey) {
    const element = closest(event, `#cw-viewer .cw-page, #cw-beside .cw-page, ${CARDS}`);
    const cited = element && (element.matches(".cw-card") ? ofCard(element, "") : ofPage("", element));
    if (element && cited) {
      event.preventDefault();
      showAt((element.querySelector("mark:not(.cw-sign)") ?? element).getBoundingClientRect(), cited);
      menu.querySelector("button")?.focus();
    }
  }
}

/** @param {string | undefined} action */
function act(action) {
  const chosen = words;
  close();
  if (!chosen) return;
  if (action === "save" && chosen.note) saveNote(chosen.note);
  if (action === "ask") {
    const text = chosen.text.length > MAX_QUOTED ? `${chosen.text.slice(0, MAX_QUOTED).trimEnd()} …` : chosen.text;
    restrictTo(chosen.documents.map((id) => ({ id, name: sourceOf(id)?.name ?? t("this source") })));
    putQuestion(t("What is said about “{words}”?", { words: text.replaceAll(/[“”„«»]/g, "'") }));
  }
}

function close() {
  menu.querySelectorAll("button").forEach((button) => button.blur());
  menu.hidden = true;
  getSelection()?.removeAllRanges();
}

/**
 * Return what a range says; null if it is not within one answer, quote or source.
 * @param {Range} range
 */
function wordsOf(range) {
  const text = textOf(range);
  const node = range.commonAncestorContainer;
  const element = node instanceof Element ? node : node.parentElement;
  if (!text || !element) return null;
  const answer = element.closest("#cw-chat [data-testid=bot]");
  if (answer) return ofAnswer(answer, range, text);
  const card = element.closest(CARDS);
  if (card) return ofCard(card, text);
  if (element.closest("#cw-viewer .cw-page, #cw-beside .cw-page")) return ofPage(text, element);
  const passage = element.closest(".cw-guide-text, .cw-notes .cw-written");
  return passage ? { text, documents: citedIn(passage, range), note: null } : null;
}

/**
 * @param {Element} answer
 * @param {Range} range
 * @param {string} text
 * @returns {Words}
 */
function ofAnswer(answer, range, text) {
  const note = { conversation: currentId(), answer: answerNumber(answer) + 1, selection: text };
  return { text, documents: citedIn(answer, range), note: currentId() ? note : null };
}

/**
 * Return the documents cited in a range, or else next after it.
 * @param {Element} element
 * @param {Range} range
 */
function citedIn(element, range) {
  /** @type {NodeListOf<HTMLButtonElement>} */
  const buttons = element.querySelectorAll("button.cw-chip");
  const chips = [...buttons];
  const within = chips.filter((chip) => range.intersectsNode(chip));
  const next = chips.find((chip) => range.comparePoint(chip, 0) > 0);
  const cited = within.length ? within : next ? [next] : [];
  return [...new Set(cited.map((chip) => Number(targetOf(chip).id)).filter(Boolean))];
}

/**
 * @param {Element} card
 * @param {string} selected "" for all that is quoted
 * @returns {Words | null}
 */
function ofCard(card, selected) {
  const open = card.querySelector("button.cw-open");
  if (!(open instanceof HTMLButtonElement)) return null;
  const { id, page, start, end } = targetOf(open);
  const document_ = Number(id);
  const text = selected || (card.querySelector(".cw-quote")?.textContent ?? "").replaceAll(/\s+/g, " ").trim();
  if (!document_) return null;
  return { text, documents: [document_], note: { document: document_, page, start, end, quote: selected } };
}

/**
 * @param {string} selected "" for what is cited
 * @param {Element} [within] the viewer's page, or the one beside it
 * @returns {Words | null}
 */
function ofPage(selected, within) {
  const page = within?.closest("#cw-beside") ? besidePage() : shownPage();
  if (!page || (!selected && page.start >= page.end)) return null;
  const cited = textBetween(page.text, page.start, page.end);
  const note = selected ? { quote: selected } : { start: page.start, end: page.end };
  const document_ = Number(page.id);
  return { text: selected || cited, documents: [document_], note: { document: document_, page: page.page, ...note } };
}

/** Save the words of the page that are selected, or else those that are cited. */
function keepCited() {
  const range = selectedRange();
  const kept = (range && wordsOf(range)) || ofPage("");
  if (kept?.note) saveNote(kept.note);
}

/** @param {Range} range */
function textOf(range) {
  const content = make("div", {}, range.cloneContents());
  for (const other of content.querySelectorAll(NOT_TEXT)) other.remove();
  showTex(content);
  return (content.textContent ?? "").replaceAll(/\s+/g, " ").trim();
}
