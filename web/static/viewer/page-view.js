// @ts-check
// A page of a document, as an image or as text, with the cited words marked. Fetched pages are cached.

import { request } from "../api.js";
import { make } from "../dom.js";
import { textBetween } from "./marked-text.js";
import { marks } from "./marks.js";
import { textLayer } from "./text-layer.js";
import { textView } from "./text-view.js";
import { t } from "../page/messages.js";

/** @import { Range } from "./marked-text.js" */
/** @import { Target } from "./target.js" */
/** @typedef {PageResponse & { image: HTMLImageElement | null }} LoadedPage */

const CACHED_PAGES = 40;
const MAX_SCALE = 3;
const MIN_PIXEL_RATIO = 1.5;
/** @type {Map<string, Promise<LoadedPage>>} */
const cache = new Map();

/** @param {Target} target */
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

/** @param {LoadedPage} page */
export function titleOf({ document: name, page, pages }) {
  const place = t("{page} of {pages}", { page, pages });
  return pages > 1 ? `${name} · ${place}` : name;
}

/**
 * Draw a page, and scroll to what is cited on it.
 * @param {HTMLElement} container
 * @param {LoadedPage} page
 * @param {Range[]} found to be marked as well
 * @param {boolean} [asText] in place of its picture
 */
export function drawPage(container, page, found, asText = false) {
  if (page.image && !asText) {
    const view = imageView(page, page.image);
    container.replaceChildren(view);
    // What can be seen is there at once; what can be selected follows. Without it there is the text.
    const others = found.filter(({ start, end }) => start !== page.start || end !== page.end);
    textLayer(page, page.image, others).then(
      (layer) => layer && view.append(layer),
      () => {},
    );
  } else container.replaceChildren(textView(page, found));
  container.scrollTo(0, 0);
  container.querySelector(".cw-box, .cw-cited:not(.cw-sign)")?.scrollIntoView({ block: "center", inline: "nearest" });
}

/**
 * @param {LoadedPage} page
 * @param {HTMLImageElement} image
 */
function imageView({ boxes, page, text, start, end }, image) {
  image.alt = t("Page {page}", { page });
  const cited = textBetween(text, start, end);
  const forScreenReaders = cited ? [make("p", { className: "cw-unseen" }, t("Cited: {words}", { words: cited }))] : [];
  return make("div", { className: "cw-picture" }, image, ...marks(boxes), ...forScreenReaders);
}
