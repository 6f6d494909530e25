// @ts-check
// The part of a page's picture on which cited words stand, as wide as they are.

import { make } from "../dom.js";
import { marks } from "./marks.js";

/** @import { LoadedPage } from "./page-view.js" */

const LEAST_SHARE = 0.5; // of the page's width: words stay among their neighbours, and letters of a size
const MARGIN = 0.02; // of the page's width
const HIGHEST = 0.45; // of the crop's width

/**
 * @param {LoadedPage} page
 * @param {HTMLImageElement} image
 */
export function cropView({ boxes }, image) {
  const sides = (/** @type {number} */ at) => boxes.map((box) => box[at] ?? 0);
  const [left, top] = [Math.min(...sides(0)) - MARGIN, Math.min(...sides(1)) - MARGIN];
  const [right, bottom] = [Math.max(...sides(2)) + MARGIN, Math.max(...sides(3)) + MARGIN];
  const share = Math.min(1, Math.max(LEAST_SHARE, right - left));
  const from = Math.min(Math.max(0, (left + right - share) / 2), 1 - share);
  const height = image.naturalHeight / image.naturalWidth / share; // of the picture, in widths of the crop
  const shown = Math.min(HIGHEST, (bottom - top) * height);
  const copy = make("img", { alt: "", src: image.src });
  const picture = make("div", { className: "cw-picture" }, copy, ...marks(boxes));
  const percent = (/** @type {number} */ widths) => `${widths * 100}%`;
  Object.assign(picture.style, {
    width: percent(1 / share),
    marginLeft: percent(-from / share),
    marginTop: percent(-Math.max(0, top) * height),
  });
  const crop = make("div", { className: "cw-crop" }, picture);
  crop.style.aspectRatio = `1 / ${shown}`;
  return crop;
}
