// @ts-check
// The marks over the picture of a page: a filling over the cited words, line by line, and a bar in the margin.

import { make } from "../dom.js";

const SAME_LINE_GAP = 3; // in heights of the line
const BAR_GAP = 0.012; // of the page's width, between a bar and the words

/** @param {Box[]} boxes */
export function marks(boxes) {
  const lines = separate(joined(boxes));
  return [...lines.map((box) => placed("cw-box", box)), ...bars(lines).map((box) => placed("cw-bar", box))];
}

/**
 * @param {string} className
 * @param {Box} box
 */
function placed(className, [left, top, right, bottom]) {
  const element = make("div", { className });
  const percent = (/** @type {number} */ share) => `${share * 100}%`;
  Object.assign(element.style, { left: percent(left), top: percent(top), height: percent(bottom - top) });
  if (right > left) element.style.width = percent(right - left);
  return element;
}

/**
 * Join the boxes of one line: words with a space between them, cells of a row.
 * @param {Box[]} boxes
 */
function joined(boxes) {
  /** @type {Box[]} */
  const lines = [];
  for (const [left, top, right, bottom] of boxes) {
    const last = lines.at(-1);
    const height = bottom - top;
    const isSameLine = last && Math.min(last[3], bottom) - Math.max(last[1], top) > height / 2;
    const gap = last ? Math.max(left - last[2], last[0] - right) : Infinity;
    if (isSameLine && gap < SAME_LINE_GAP * height) {
      last[0] = Math.min(last[0], left);
      last[1] = Math.min(last[1], top);
      last[2] = Math.max(last[2], right);
      last[3] = Math.max(last[3], bottom);
    } else lines.push([left, top, right, bottom]);
  }
  return lines;
}

/**
 * Separate boxes of closely set lines, which overlap: they meet halfway, and nothing is filled twice.
 * @param {Box[]} boxes
 */
function separate(boxes) {
  /** @type {Box[]} */
  const separated = [];
  for (const [left, top, right, bottom] of boxes) {
    /** @type {Box} */
    const box = [left, top, right, bottom];
    const above = separated.at(-1);
    if (above) {
      const overlap = above[3] - top;
      const height = Math.min(above[3] - above[1], bottom - top);
      const isBelow = top > above[1] && left < above[2] && above[0] < right;
      if (isBelow && overlap > 0 && overlap < height) above[3] = box[1] = top + overlap / 2;
    }
    separated.push(box);
  }
  return separated;
}

/**
 * Return a bar left of each run of lines; the width of a bar is the style's.
 * @param {Box[]} lines
 */
function bars(lines) {
  /** @type {{ left: number, right: number, top: number, bottom: number }[]} */
  const runs = [];
  for (const [left, top, right, bottom] of lines) {
    const last = runs.at(-1);
    const isNext = last && left < last.right && last.left < right && top >= last.top;
    if (isNext && top - last.bottom < bottom - top) {
      last.left = Math.min(last.left, left);
      last.right = Math.max(last.right, right);
      last.bottom = Math.max(last.bottom, bottom);
    } else runs.push({ left, right, top, bottom });
  }
  return runs.map(({ left, top, bottom }) => {
    const at = Math.max(0, left - BAR_GAP);
    return /** @type {Box} */ ([at, top, at, bottom]);
  });
}
