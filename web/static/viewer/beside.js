// @ts-check
// A second page beside the one of the viewer: it stays while the viewer goes on to another source, and is turned and
// closed by itself.

import { messageOf } from "../api.js";
import { closest, query, readingKey } from "../dom.js";
import { drawPage, fetchPage, titleOf } from "./page-view.js";
import { cellsOn, citedOn, pageOf } from "./target.js";

/** @import { LoadedPage } from "./page-view.js" */
/** @import { Target } from "./target.js" */

/** @type {HTMLElement} */
let section;
/** @type {() => void} */
let onClosed;
/** @type {Target | null} */
let requested = null;
/** @type {LoadedPage | null} */
let shown = null;
let latestRequest = 0;

/** @type {Record<string, () => void>} */
const ACTIONS = { "beside-close": closeHere, "beside-before": () => turn(-1), "beside-after": () => turn(1) };
/** @type {Record<string, string>} */
const KEYS = {
  Escape: "beside-close",
  PageUp: "beside-before",
  PageDown: "beside-after",
  ArrowLeft: "beside-before",
  ArrowRight: "beside-after",
};

/**
 * @param {HTMLElement} element
 * @param {() => void} afterClose
 */
export function mountBeside(element, afterClose) {
  section = query(element, "#cw-beside", HTMLElement);
  onClosed = afterClose;
  section.addEventListener("click", (event) => ACTIONS[closest(event, "button[data-do]")?.dataset.do ?? ""]?.());
  section.addEventListener("keydown", (event) => {
    const action = KEYS[readingKey(event, section)];
    const page = query(section, ".cw-page", HTMLElement);
    if (!action || (event.key.startsWith("Arrow") && page.scrollWidth > page.clientWidth)) return;
    event.preventDefault();
    ACTIONS[action]?.();
  });
}

export function isBeside() {
  return !section.hidden;
}

/** @param {Target} target */
export async function openBeside(target) {
  const thisRequest = ++latestRequest;
  requested = target;
  section.hidden = false;
  let title;
  try {
    const page = await fetchPage(target);
    if (thisRequest !== latestRequest) return;
    shown = page;
    title = titleOf(page);
    // The viewer may show the same picture, and an element has one place.
    const image = page.image && /** @type {HTMLImageElement} */ (page.image.cloneNode());
    drawPage(query(section, ".cw-page", HTMLElement), { ...page, image }, cellsOn(target, page));
  } catch (error) {
    if (thisRequest !== latestRequest) return;
    shown = null;
    title = messageOf(error);
    query(section, ".cw-page", HTMLElement).replaceChildren();
  }
  query(section, "h2", HTMLElement).textContent = title;
  query(section, "[data-do=beside-before]", HTMLButtonElement).disabled = !shown || shown.page <= 1;
  query(section, "[data-do=beside-after]", HTMLButtonElement).disabled = !shown || shown.page >= shown.pages;
}

export function closeBeside() {
  latestRequest++;
  if (section.hidden) return;
  section.hidden = true;
  requested = shown = null;
}

function closeHere() {
  closeBeside();
  onClosed();
}

export function besidePage() {
  return citedOn(requested, shown);
}

/** @param {number} step */
function turn(step) {
  if (!requested || !shown) return;
  const page = shown.page + step;
  if (page >= 1 && page <= shown.pages) openBeside(pageOf(requested.id, page));
}
