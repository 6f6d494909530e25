// @ts-check
// The place that a citation or document leads to, as its button's value has it.

/** @import { Range } from "./marked-text.js" */

/** @typedef {{ page: number, start: number, end: number }} Place a range of a page's text, in code points */
/**
 * A page with a citation. Of a table, `cells` have the figures that are cited.
 * @typedef {Place & { id: string, quote: string, cells?: Range[] }} Target
 */

/**
 * @param {HTMLButtonElement} citation
 * @returns {Target}
 */
export function targetOf(citation) {
  const [id = "", page, start, end, quote = "", spans = ""] = citation.value.split(":");
  const cells = spans.split(",").flatMap((span) => {
    const [from = 0, to = 0] = span.split("-").map(Number);
    return to ? [{ start: from, end: to, className: "cw-cell" }] : [];
  });
  return { id, page: Number(page), start: Number(start), end: Number(end), quote, cells };
}

/**
 * Return the value of a button that leads to the beginning of a document.
 * @param {number} id
 */
export function valueOf(id) {
  return `${id}:1:0:0:`;
}

/**
 * Return the cited cells on a page as it is now: none if the citation is no longer where it was.
 * @param {Target | null} target
 * @param {{ start: number, end: number }} page
 * @returns {Range[]}
 */
export function cellsOn(target, { start, end }) {
  return target?.cells && target.start === start && target.end === end ? target.cells : [];
}

/**
 * Return what is cited on a page as it is now, with its text; null if no page is there.
 * @param {Target | null} target
 * @param {PageResponse | null} page
 */
export function citedOn(target, page) {
  return target && page ? { ...target, start: page.start, end: page.end, text: page.text } : null;
}

/**
 * Return a page with nothing cited on it.
 * @param {string} id
 * @param {number} page
 * @returns {Target}
 */
export function pageOf(id, page) {
  return { id, page, start: 0, end: 0, quote: "" };
}
