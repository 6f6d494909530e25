// @ts-check
// What is emphasised or code within a paragraph of Markdown. In doubt a sign is a sign: 2*3*4 and snake_case stay.

import { drawn } from "./wrapped-text.js";

/** @import { Range } from "./marked-text.js" */

const CODE = /(?<![`\\])(`+)(?!`)([^]*?[^`])\1(?!`)/g;
const NOT_TEXT = /\\[^\w\s]|\]\([^)\s]*\)|<[^>\s]+>|https?:\/\/\S+/g;
/** @type {[RegExp, string][]} with the longest signs first */
const EMPHASIS = [
  [/(?<![\w*])(\*{3})(?![\s*])([^*]*[^\s*])\1(?![\w*])/g, "cw-bold cw-italic"],
  [/(?<!\*)(\*\*)(?![\s*])([^]*?[^\s*])\1(?!\*)/g, "cw-bold"],
  [/(?<![\w_])(__)(?![\s_])([^]*?[^\s_])\1(?![\w_])/g, "cw-bold"],
  [/(?<![\w*])(\*)(?![\s*])([^*]*[^\s*])\1(?![\w*])/g, "cw-italic"],
  [/(?<![\w_])(_)(?![\s_])([^_]*[^\s_])\1(?![\w_])/g, "cw-italic"],
];
const LONGEST = 5000; // characters; a longer paragraph is no prose, and would take long
const TAKEN = "\ufffc"; // a character that is neither a sign nor a space

/**
 * @param {string} paragraph
 * @param {number} offset where it begins
 * @returns {Range[]}
 */
export function emphasised(paragraph, offset) {
  if (paragraph.length > LONGEST || !/[*_`]/.test(paragraph)) return [];
  /** @type {Range[]} */
  const ranges = [];
  /**
   * @param {string} className
   * @param {number} at
   * @param {string} signs
   * @param {string} content
   */
  const add = (className, at, signs, content) => {
    const [start, end] = [offset + at + signs.length, offset + at + signs.length + content.length];
    ranges.push(drawn("cw-sign", start - signs.length, start), drawn(className, start, end));
    ranges.push(drawn("cw-sign", end, end + signs.length));
  };
  let text = paragraph.replace(CODE, (whole, signs, content, at) => {
    add("cw-code", at, signs, content);
    return TAKEN.repeat(whole.length);
  });
  text = text.replace(NOT_TEXT, (whole) => TAKEN.repeat(whole.length));
  for (const [pattern, className] of EMPHASIS) {
    text = text.replace(pattern, (_whole, signs, content, at) => {
      add(className, at, signs, content);
      return TAKEN.repeat(signs.length) + content + TAKEN.repeat(signs.length);
    });
  }
  return ranges;
}
