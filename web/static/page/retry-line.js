// @ts-check
// A line that says what could not be loaded, with a button that tries again.

import { messageOf } from "../api.js";
import { make } from "../dom.js";
import { t } from "./messages.js";

export function retryLine() {
  return make("p", { className: "cw-error cw-retry", role: "alert", hidden: true });
}

/**
 * @param {HTMLElement} line
 * @param {string} text what could not be loaded
 * @param {unknown} error
 * @param {() => void} again
 */
export function offerRetry(line, text, error, again) {
  const button = make("button", { type: "button", className: "cw-button", onclick: again }, t("Try again"));
  line.replaceChildren(`${text} ${messageOf(error)} `, button);
  line.hidden = false;
}

/** @param {HTMLElement} line */
export function withdrawRetry(line) {
  line.hidden = true;
  line.replaceChildren();
}
