// @ts-check
// A page of a document, as an image or as text, with the cited words marked. Fetched pages are cached.

import { request } from "../api.js";
import { make } from "../dom.js";

/** @typedef {{ id: string, page: number, start: number, end: number, quote: string }} Target a page with a citation */
/** @typedef {PageResponse & { image: HTMLImageElement | null }} LoadedPage */

const CACHED_PAGES = 40;
const MAX_SCALE = 3;
const MIN_PIXEL_RATIO = 1.5;
/** @type {Map<string, Promise<LoadedPage>>} */
const cache = new Map();

/**
 * Return a page from the cache or the server.
 * @param {Target} target
 */
export function fetchPage({ id, page, start, end, quote }) {
  const key = [id, page, start, end, quote].join(":");
  const cached = cache.get(key);
  if (cached) return cached;
  const fetching = load(`pages/${id}/${page}?start=${start}&end=${end}&quote=${quote}`);
  fetching.catch(() => cache.delete(key));
  cache.set(key, fetching);
  const [oldest] = cache.keys();
  if (cache.size > CACHED_PAGES && oldest) cache.delete(oldest);
  return fetching;
}

/** Empty the cache, after documents were added, replaced or removed. */
export function clearPages() {
  cache.clear();
}

/**
 * @param {string} path
 * @returns {Promise<LoadedPage>}
 */
async function load(path) {
  /** @type {PageResponse} */
  const page = await request(path);
  const image = page.picture ? await loadImage(page.picture, 1).catch(() => null) : null;
  return { ...page, image };
}

/**
 * @param {string} address
 * @param {number} zoom width of the image, in widths of the pane
 */
export async function loadImage(address, zoom) {
  const scale = Math.min(MAX_SCALE, Math.ceil(zoom * Math.max(MIN_PIXEL_RATIO, window.devicePixelRatio)));
  const image = make("img", { alt: "", src: `${address}&scale=${scale}` });
  await image.decode();
  return image;
}

/**
 * @param {LoadedPage} page
 * @param {HTMLImageElement} image
 */
export function imageView({ boxes, page, text, start, end }, image) {
  image.alt = `Page ${page}`;
  const frames = separate(boxes).map(frame);
  const cited = [...text].slice(start, end).join("");
  const forScreenReaders = cited ? [make("p", { className: "cw-unseen" }, `Cited: ${cited}`)] : [];
  return make("div", { className: "cw-picture" }, image, ...frames, ...forScreenReaders);
}

/** @param {Box} box */
function frame([left, top, right, bottom]) {
  const element = make("div", { className: "cw-box" });
  const percent = (/** @type {number} */ share) => `${share * 100}%`;
  const [width, height] = [percent(right - left), percent(bottom - top)];
  Object.assign(element.style, { left: percent(left), top: percent(top), width, height });
  return element;
}

/**
 * Separate boxes of closely set lines, which overlap: the border between two runs halfway, through the words of neither.
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
