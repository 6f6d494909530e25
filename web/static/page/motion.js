// @ts-check
// Less motion: chosen beside the language, kept in this browser. first-paint.js makes the page so before it is seen.

import { query } from "../dom.js";
import { recall, remember } from "./memory.js";

const KEY = "citewell-motion";
const LESS = "less";

/** @param {HTMLElement} element with the tick */
export function mountMotion(element) {
  const tick = query(element, "#cw-less-motion", HTMLInputElement);
  tick.checked = recall(KEY) === LESS;
  tick.addEventListener("change", () => {
    const motion = tick.checked ? LESS : "";
    remember(KEY, motion);
    document.documentElement.dataset.motion = motion;
  });
  tick.disabled = false;
}
