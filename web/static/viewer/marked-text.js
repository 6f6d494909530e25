// @ts-check
// Text with ranges of it marked (the cited words, the places that were found) or drawn (emphasis, code, signs).

import { make } from "../dom.js";

/** @typedef {{ start: number, end: number, className: string, isDrawn?: boolean }} Range in code points; a range that is
 *  drawn is marked by nobody */
/** @typedef {(from: number, to: number) => (string | Node)[]} Slice text of a range, with its marked parts */

/**
 * Return a part of a text, from one code point to another.
 * @param {string} text
 * @param {number} start
 * @param {number} end
 */
export function textBetween(text, start, end) {
  return [...text].slice(start, end).join("");
}

/**
 * @param {string} text
 * @param {Range[]} ranges
 * @returns {Slice}
 */
export function marker(text, ranges) {
  const characters = [...text];
  return (from, to) => {
    const inside = ranges.filter(({ start, end }) => start < end && start < to && from < end);
    const cuts = inside.flatMap(({ start, end }) => [start, end]).filter((at) => from < at && at < to);
    const bounds = [...new Set([from, ...cuts, to])].sort((one, other) => one - other);
    return bounds.slice(1).map((end, index) => {
      const start = bounds[index] ?? from;
      const part = characters.slice(start, end).join("");
      const covering = inside.filter((each) => each.start <= start && end <= each.end);
      if (!covering.length) return part;
      const tag = covering.every(({ isDrawn }) => isDrawn) ? "span" : "mark";
      return make(tag, { className: covering.map(({ className }) => className).join(" ") }, part);
    });
  };
}

/**
 * Return ranges of a JavaScript string, which counts characters beyond 16 bits twice, in code points.
 * @template {{ start: number, end: number }} R
 * @param {string} text
 * @param {R[]} ranges
 * @returns {R[]}
 */
export function inCodePoints(text, ranges) {
  if (!/[\ud800-\udfff]/.test(text)) return ranges;
  const points = new Uint32Array(text.length + 1);
  let point = 0;
  for (let at = 0; at < text.length; at++) {
    points[at] = point;
    if (!/[\ud800-\udbff]/.test(text.charAt(at))) point++;
  }
  points[text.length] = point;
  return ranges.map((each) => ({ ...each, start: points[each.start] ?? 0, end: points[each.end] ?? 0 }));
}
