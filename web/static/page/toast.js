// @ts-check
// A line at the edge of the page that says what has just happened, for a moment.

import { addToPage, make } from "../dom.js";

const SAID_MS = 4000;
/** @type {HTMLElement | null} */
let toast = null;
/** @type {ReturnType<typeof setTimeout> | undefined} */
let timer;

/** @param {string} text */
export function say(text) {
  if (!toast) {
    toast = make("p", { className: "cw-toast", role: "status" });
    addToPage(toast);
  }
  toast.textContent = text;
  clearTimeout(timer);
  timer = setTimeout(() => toast && (toast.textContent = ""), SAID_MS);
}
