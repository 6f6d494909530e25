// @ts-check
// Rows are drawn where they can be seen, and a little before and after: a list of thousands costs what one of dozens
// does. Each lies at its place in a list as high as all of its rows; one that shows more is higher than the others.

import { keepChildren } from "../dom.js";

/** Pixels above and below the visible part. */
const AHEAD = 800;
/** @typedef {{ list: HTMLElement, sources: SourceDocument[], tops: number[] }} Part `tops` has the end, too */

/** @type {HTMLElement} what scrolls */
let scroller;
/** @type {HTMLElement} what stays at the top while it does */
let cover;
/** @type {(source: SourceDocument) => HTMLElement} */
let rowOf;
/** @type {Part[]} */
let parts = [];
/** @type {Map<number, number>} heights of the rows that show more, by document */
const heights = new Map();
/** Rows that are drawn wherever they are: the one with the tab stop, and one that is dragged. */
const pinned = { stop: 0, dragged: 0 };

/**
 * @param {HTMLElement} pane
 * @param {HTMLElement} sticky
 * @param {typeof rowOf} drawRow returns the row of a document, the same one while nothing of it has changed
 */
export function mountWindow(pane, sticky, drawRow) {
  const panel = pane.closest("[role=tabpanel]");
  scroller = panel instanceof HTMLElement ? panel : document.documentElement;
  cover = sticky;
  rowOf = drawRow;
  scroller.addEventListener("scroll", drawWindow, { passive: true });
  const observer = new ResizeObserver(drawWindow);
  observer.observe(scroller);
  observer.observe(pane);
}

/** @param {{ list: HTMLElement, sources: SourceDocument[] }[]} latest */
export function setParts(latest) {
  parts = latest.map((part) => ({ ...part, tops: [] }));
  place();
  drawWindow();
}

/**
 * Keep a row drawn, in place of another: an element that is taken away loses the focus, and ends its dragging.
 * @param {keyof typeof pinned} why
 * @param {number} id of a document; 0 for none
 */
export function pin(why, id) {
  pinned[why] = id;
}

/**
 * Scroll to a document, and return its row.
 * @param {number} id
 */
export function reveal(id) {
  for (const { list, sources, tops } of parts) {
    const index = sources.findIndex((each) => each.id === id);
    if (index < 0) continue;
    const start = list.getBoundingClientRect().top;
    scrollTo(start + (tops[index] ?? 0), start + (tops[index + 1] ?? 0));
    pin("stop", id);
    drawWindow();
    return list.querySelector(`[data-row="d${id}"]`);
  }
  return null;
}

/**
 * Scroll as little as shows what lies between two heights of the screen.
 * @param {number} top
 * @param {number} bottom
 */
function scrollTo(top, bottom) {
  const view = scroller.getBoundingClientRect();
  const first = Math.max(view.top, cover.getBoundingClientRect().bottom);
  if (top < first) scroller.scrollTop += top - first;
  else if (bottom > view.bottom) scroller.scrollTop += bottom - view.bottom;
}

function place() {
  const row = rowHeight();
  for (const part of parts) {
    let top = 0;
    part.tops = [0, ...part.sources.map(({ id }) => (top += heights.get(id) ?? row))];
    part.list.style.height = `${top}px`;
  }
}

function rowHeight() {
  const root = getComputedStyle(document.documentElement);
  return parseFloat(root.getPropertyValue("--cw-row")) * parseFloat(root.fontSize);
}

export function drawWindow() {
  const view = scroller.getBoundingClientRect();
  const starts = parts.map(({ list }) => list.getBoundingClientRect().top);
  parts.forEach((part, index) => {
    const start = starts[index] ?? 0;
    drawPart(part, view.top - start - AHEAD, view.bottom - start + AHEAD);
  });
  if (!measure()) return;
  place();
  drawWindow();
}

/**
 * @param {Part} part
 * @param {number} from
 * @param {number} to
 */
function drawPart({ list, sources, tops }, from, to) {
  /** @type {HTMLElement[]} */
  const rows = [];
  sources.forEach((source, index) => {
    const isNear = (tops[index + 1] ?? 0) > from && (tops[index] ?? 0) < to;
    if (!isNear && source.id !== pinned.stop && source.id !== pinned.dragged) return;
    const row = rowOf(source);
    row.style.top = `${tops[index]}px`;
    row.ariaSetSize = `${sources.length}`;
    row.ariaPosInSet = `${index + 1}`;
    rows.push(row);
  });
  keepChildren(list, rows);
}

/** Measure the drawn rows that show more, or do so no longer; return whether any has another height than it had. */
function measure() {
  let isNew = false;
  for (const { list, sources } of parts) {
    if (!list.offsetParent) continue; // the pane is hidden
    for (const { id } of sources) {
      const row = heights.has(id) && list.querySelector(`[data-row="d${id}"]`);
      if (row && !row.hasAttribute("data-more")) isNew = heights.delete(id) || isNew;
    }
    for (const row of list.querySelectorAll("[data-more]")) {
      const [id, height] = [Number(row.getAttribute("data-row")?.slice(1)), row.getBoundingClientRect().height];
      if (heights.get(id) === height) continue;
      heights.set(id, height);
      isNew = true;
    }
  }
  return isNew;
}
