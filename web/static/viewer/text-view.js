// @ts-check
// A page as text, with its headings, its tables drawn as tables, and the cited words marked.

import { make } from "../dom.js";

/** @typedef {Pick<PageResponse, "text" | "start" | "end" | "headings" | "tables">} PageText */
/** @typedef {(from: number, to: number) => (string | Node)[]} Slice text of a range, the cited part of it marked */

/** @param {PageText} page */
export function textView({ text, start, end, headings, tables }) {
  const characters = [...text]; // offsets count code points
  const part = (/** @type {number} */ from, /** @type {number} */ to) => characters.slice(from, to).join("");
  /** @type {Slice} */
  const slice = (from, to) => {
    const [first, last] = [Math.max(from, start), Math.min(to, end)];
    if (first >= last) return [part(from, to)];
    return [part(from, first), make("mark", {}, part(first, last)), part(last, to)];
  };
  const view = make("div", { className: "cw-text" });
  let at = 0;
  for (const block of [...headings, ...tables].sort((one, other) => one.start - other.start)) {
    if (block.start < at) continue; // inside a table that is drawn already
    view.append(...slice(at, block.start));
    view.append("cells" in block ? tableView(block, slice) : headingView(block, part, slice));
    at = block.end;
  }
  view.append(...slice(at, characters.length));
  return view;
}

/**
 * Return a heading without the marks that make it one in Markdown.
 * @param {PageHeading} heading
 * @param {(from: number, to: number) => string} part
 * @param {Slice} slice
 */
function headingView({ start, end, level }, part, slice) {
  const marks = /^#{1,6}\s+/.exec(part(start, end))?.[0].length ?? 0;
  const attributes = { className: `cw-heading cw-level-${level}`, role: "heading", ariaLevel: String(level + 2) };
  return make("strong", attributes, ...slice(start + marks, end));
}

/**
 * @param {PageTable} table
 * @param {Slice} slice
 */
function tableView({ start, end, cells }, slice) {
  if (!cells.length) return make("div", {}, ...slice(start, end));
  const rows = Math.max(...cells.map((cell) => cell.row + cell.row_span));
  const lines = Array.from({ length: rows }, () => make("tr"));
  /** @type {Set<string>} row and column of the places that a cell covers */
  const covered = new Set();
  for (const cell of [...cells].sort((one, other) => one.row - other.row || one.column - other.column)) {
    const line = lines[cell.row];
    for (let column = 0; column < cell.column; column++) {
      if (covered.has(`${cell.row} ${column}`)) continue;
      covered.add(`${cell.row} ${column}`);
      line?.append(make("td")); // an empty cell
    }
    for (let row = cell.row; row < cell.row + cell.row_span; row++)
      for (let column = cell.column; column < cell.column + cell.column_span; column++) covered.add(`${row} ${column}`);
    const attributes = { rowSpan: cell.row_span, colSpan: cell.column_span };
    line?.append(make(cell.is_head ? "th" : "td", attributes, ...slice(cell.start, cell.end)));
  }
  return make("table", { className: "cw-rows" }, make("tbody", {}, ...lines));
}
