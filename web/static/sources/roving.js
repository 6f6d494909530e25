// @ts-check
// One tab stop for a list of rows with several controls each: the arrow keys, Home and End move within it, and to rows
// that are not drawn.

import { queryAll, readingKey } from "../dom.js";

const CONTROLS = "input, button, a, summary";
const FOLDED = "details:not([open]) > :not(summary) *";
const PAGE = 10;

/** @typedef {{ order: () => string[], reveal: (row: string) => Element | null, extend?: (from: string, to: string) => void }} Rows
 *  `order` has the `data-row` of all, drawn or not; `extend` chooses what lies between two of them */

/** @type {WeakMap<HTMLElement, string | undefined>} by list: `data-key` of the control that Tab leads to */
const stops = new WeakMap();

/**
 * Make a list one tab stop.
 * @param {HTMLElement} list whose rows have a `data-row` each, and the controls that outlive a redraw a `data-key`
 * @param {Rows} rows
 */
export function mountRoving(list, rows) {
  list.addEventListener("keydown", (event) => {
    const isExtending = Boolean(rows.extend) && event.shiftKey && /^Arrow(Up|Down)$/.test(event.key);
    if (event.ctrlKey || event.altKey || event.metaKey || (event.shiftKey && !isExtending)) return;
    const active = document.activeElement;
    const from = active?.closest("[data-row]");
    const to = from instanceof HTMLElement && target(rows, from, readingKey(event, list));
    if (!to) return;
    event.preventDefault();
    if (isExtending) rows.extend?.(from.dataset.row ?? "", to.closest("[data-row]")?.getAttribute("data-row") ?? "");
    const now = to.isConnected ? to : keyed(list, to.dataset.key);
    now?.focus({ preventScroll: true });
  });
  list.addEventListener("focusin", (event) => {
    if (!(event.target instanceof HTMLElement && event.target.matches(CONTROLS))) return;
    stops.set(list, event.target.dataset.key);
    setStop(list, event.target);
  });
}

/**
 * Leave one tab stop after a redraw: where it was, if that is still there and can have the focus.
 * @param {HTMLElement} list
 */
export function restoreStop(list) {
  const kept = keyed(list, stops.get(list));
  const there = kept && isUsable(kept) ? kept : controls(list)[0];
  if (there) setStop(list, there);
}

/**
 * @param {HTMLElement} list
 * @param {string} row
 */
export function revealRow(list, row) {
  const found = list.querySelector(`[data-row="${CSS.escape(row)}"]`);
  found?.scrollIntoView({ block: "nearest" });
  return found;
}

/**
 * @param {HTMLElement} list
 * @param {HTMLElement} control
 */
function setStop(list, control) {
  for (const each of queryAll(list, CONTROLS)) {
    const index = each === control ? 0 : -1;
    if (each.tabIndex !== index) each.tabIndex = index;
  }
}

/**
 * Return the control that a key leads to from the focused one; none for other keys, or at an end.
 * @param {Rows} rows
 * @param {HTMLElement} row
 * @param {string} key as text runs
 */
function target(rows, row, key) {
  const own = controls(row).filter(isDrawn);
  const column = own.findIndex((each) => each === document.activeElement);
  const action = own[column]?.dataset.do;
  if (column < 0) return undefined;
  if (key === "ArrowRight") return own[column + 1];
  if (key === "ArrowLeft") return own[column - 1];
  const order = rows.order();
  const at = order.indexOf(row.dataset.row ?? "");
  const steps = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: order.length - 1 };
  const pages = { PageDown: Math.min(at + PAGE, order.length - 1), PageUp: Math.max(at - PAGE, 0) };
  const next = order[/** @type {Record<string, number>} */ ({ ...steps, ...pages })[key] ?? -1];
  const there = next === undefined ? [] : controls(rows.reveal(next)).filter(isDrawn);
  if (key === "Home" || key === "End") return there[0];
  return there.find((each) => action && each.dataset.do === action) ?? there[Math.min(column, there.length - 1)];
}

/**
 * Return the controls that can have the focus now.
 * @param {Element | null} within
 */
function controls(within) {
  return within ? queryAll(within, CONTROLS).filter(isUsable) : [];
}

/** @param {HTMLElement} control that the styles may leave out, such as "Share" without accounts */
function isDrawn(control) {
  return control.getClientRects().length > 0;
}

/** @param {HTMLElement} control */
function isUsable(control) {
  return !control.matches(`:disabled, ${FOLDED}`);
}

/**
 * Return the control with a key, which may have been drawn anew.
 * @param {HTMLElement} list
 * @param {string | undefined} key
 * @returns {HTMLElement | null}
 */
export function keyed(list, key) {
  return key === undefined ? null : list.querySelector(`[data-key="${CSS.escape(key)}"]`);
}
