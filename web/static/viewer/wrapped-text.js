// @ts-check
// Text whose paragraphs were broken at a column: a line end is drawn as a space where the next word would not have
// fitted. Nothing else is changed: lines that end early (addresses, verses) and lines with columns of their own stay.

/** @import { Range } from "./marked-text.js" */
/** @typedef {{ start: number, end: number, text: string }} Line without its line end */

const WIDEST = 100; // columns; nobody breaks lines by hand further out
const NARROWEST = 45;
const FEWEST_BREAKS = 3;
const SHARE = 0.8; // of the line ends in paragraphs, in a text that was broken at a column
const SLACK = 8; // by which some lines are shorter than they need be
const LONGEST_WORD = 30; // longer ones, and scripts without spaces, say nothing
const COLUMNS = /\S {3,}\S|\S\t|\||\+-/;
const BEGINS = /^\s*(?:[-*+•–]\s|\(?\w{1,3}[.)]\s|[#>|]|`{3}|~{3})/;
const HEADING = /^#{1,6}\s/;

/**
 * @param {string} text
 * @returns {Line[]}
 */
export function linesOf(text) {
  let start = 0;
  return text.split("\n").map((line) => {
    const end = start + line.length;
    const found = { start, end, text: line };
    start = end + 1;
    return found;
  });
}

/**
 * Return what is drawn otherwise than it stands there, in characters of a JavaScript string; nothing if the text was not
 * broken at a column.
 * @param {Line[]} lines
 * @returns {Range[]}
 */
export function unwrapped(lines) {
  const breaks = lines
    .slice(1)
    .map((next, index) => ({ line: lines[index] ?? next, next }))
    .filter(isInParagraph);
  const widths = breaks.map(({ line }) => line.text.length).sort((one, other) => one - other);
  const column = widths[Math.floor(0.95 * (widths.length - 1))] ?? 0;
  const full = breaks.filter((each) => isFull(each, column));
  if (column < NARROWEST || column > WIDEST) return [];
  if (breaks.length < FEWEST_BREAKS || full.length < SHARE * breaks.length) return [];
  const soft = breaks.filter((each) => isFull(each, column - SLACK));
  return [...soft.map(({ line, next }) => drawn("cw-soft", line.end, next.start + indentOf(next))), ...columns(lines)];
}

/** @param {{ line: Line, next: Line }} lineEnd */
function isInParagraph({ line, next }) {
  const isText = [line, next].every(({ text }) => text.trim() && !COLUMNS.test(text.trim()));
  return isText && !HEADING.test(line.text) && !BEGINS.test(next.text);
}

/**
 * Whether the next word would not have fitted.
 * @param {{ line: Line, next: Line }} lineEnd
 * @param {number} column
 */
function isFull({ line, next }, column) {
  const word = /\S+/.exec(next.text)?.[0].length ?? 0;
  return word <= LONGEST_WORD && line.text.length + 1 + word > column;
}

/** @param {Line[]} lines */
function columns(lines) {
  return lines.filter(({ text }) => COLUMNS.test(text.trim())).map(({ start, end }) => drawn("cw-columns", start, end));
}

/** @param {Line} line */
function indentOf({ text }) {
  return text.length - text.trimStart().length;
}

/**
 * @param {string} className
 * @param {number} start
 * @param {number} end
 * @returns {Range}
 */
export function drawn(className, start, end) {
  return { start, end, className, isDrawn: true };
}
