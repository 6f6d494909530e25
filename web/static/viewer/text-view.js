// @ts-check
// A page as text, with its headings, its tables drawn as tables, and the cited words marked; Markdown as it means, and
// paragraphs that were broken at a column as paragraphs.

import { make } from "../dom.js";
import { markdownDrawing } from "./markdown-text.js";
import { inCodePoints, marker } from "./marked-text.js";
import { linesOf, unwrapped } from "./wrapped-text.js";

/** @import { Block, Drawing } from "./markdown-text.js" */
/** @import { Range, Slice } from "./marked-text.js" */

/** @typedef {Pick<PageResponse, "document" | "text" | "start" | "end" | "headings" | "tables">} PageText */

const MARKDOWN = /\.(?:md|markdown)$/i;
const PLAIN = /\.(?:txt|text|rst|org|adoc|eml)$/i;

/**
 * @param {PageText} page
 * @param {Range[]} [found] other places to mark
 */
export function textView({ document: name, text, start, end, headings, tables }, found = []) {
  const characters = [...text]; // offsets count code points
  const part = (/** @type {number} */ from, /** @type {number} */ to) => characters.slice(from, to).join("");
  const { blocks, ranges } = drawing(name, text);
  const slice = marker(text, [{ start, end, className: "cw-cited" }, ...found, ...inCodePoints(text, ranges)]);
  const view = make("div", { className: "cw-text" });
  let at = 0;
  const parts = [...headings, ...tables, ...inCodePoints(text, blocks)];
  for (const block of parts.sort((one, other) => one.start - other.start)) {
    if (block.start < at) continue; // inside one that is drawn already
    view.append(...slice(at, block.start));
    if ("cells" in block) view.append(tableView(block, slice));
    else view.append("depth" in block ? boxView(block, slice) : headingView(block, part, slice));
    at = block.end;
  }
  view.append(...slice(at, characters.length));
  return view;
}

/**
 * @param {string} name
 * @param {string} text
 * @returns {Drawing}
 */
function drawing(name, text) {
  if (MARKDOWN.test(name)) return markdownDrawing(text);
  return { blocks: [], ranges: PLAIN.test(name) ? unwrapped(linesOf(text)) : [] };
}

/**
 * Return an item of a list, or a piece of code.
 * @param {Block} block
 * @param {Slice} slice
 */
function boxView({ start, end, className, depth }, slice) {
  const isCode = className === "cw-fence";
  const box = make(isCode ? "code" : "span", { className, dir: isCode ? "ltr" : "auto" }, ...slice(start, end));
  box.style.setProperty("--cw-level", String(depth));
  return box;
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
