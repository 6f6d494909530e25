// @ts-check
// The text over the picture of a page: seen through, but selected, copied and read aloud as any text. Each line lies
// over its place on the picture, stretched to its width.

import { request } from "../api.js";
import { make } from "../dom.js";
import { marker } from "./marked-text.js";

/** @import { LoadedPage } from "./page-view.js" */
/** @import { Range } from "./marked-text.js" */

const MEASURED = 100; // pixels
const context = document.createElement("canvas").getContext("2d");

/**
 * Return the layer of a page; null if it is not known where its lines are.
 * @param {LoadedPage} page with a picture
 * @param {HTMLImageElement} image
 * @param {Range[]} ranges to be marked
 */
export async function textLayer({ picture, text }, image, ranges) {
  const address = (picture ?? "").replace(/^citewell\//, "").replace(".png", "/lines");
  /** @type {{ lines: TextLine[] }} */
  const { lines } = await request(address);
  if (!lines.length) return null;
  const slice = marker(text, ranges);
  const shape = image.naturalHeight / image.naturalWidth;
  const characters = [...text];
  const part = (/** @type {number} */ from, /** @type {number} */ to) => characters.slice(from, to).join("");
  const views = lines.map((line, index) => {
    const [start, end] = line;
    // The space up to the next line is a part of the text, not of what is seen.
    const space = part(end, Math.max(end, lines[index + 1]?.[0] ?? end));
    const view = make("span", { dir: "auto" }, ...slice(start, end), /\S/.test(space) ? " " : space);
    place(view, line, widthOf(part(start, end)), shape);
    return view;
  });
  return make("div", { className: "cw-layer" }, ...views);
}

/**
 * @param {HTMLElement} view
 * @param {TextLine} line
 * @param {number} natural width of the text, in sizes of its font
 * @param {number} shape height of the picture by its width
 */
function place(view, [, , turns, left, top, right, bottom], natural, shape) {
  const [width, height] = [right - left, (bottom - top) * shape];
  const [length, size] = turns % 2 ? [height, width] : [width, height];
  Object.assign(view.style, {
    left: `${(turns === 1 ? right : left) * 100}%`,
    top: `${(turns === 3 ? bottom : top) * 100}%`,
    fontSize: `${size * 100}cqw`,
    transform: `rotate(${turns * 90}deg) scaleX(${natural > 0 && size > 0 ? length / natural / size : 1})`,
  });
}

/** @param {string} text whose width is returned, in sizes of its font */
function widthOf(text) {
  if (!context) return 0;
  context.font = `${MEASURED}px sans-serif`;
  return context.measureText(text).width / MEASURED;
}
