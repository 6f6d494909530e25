// @ts-check
// The settings of the page itself, in this browser: its language, which the server reads from a cookie to make the page
// anew, and less motion, which first-paint.js sees to before the page is seen.

import { query } from "../dom.js";
import { recall, remember, tellServer } from "./memory.js";

const COOKIE = "citewell-language";
const MOTION = "citewell-motion";
const LESS = "less";

/** @param {HTMLElement} element with the choices */
export function mountPageSettings(element) {
  mountLanguage(query(element, "#cw-language", HTMLSelectElement));
  mountMotion(query(element, "#cw-less-motion", HTMLInputElement));
}

/** @param {HTMLSelectElement} choice */
function mountLanguage(choice) {
  choice.value = document.cookie.match(new RegExp(`(?:^|; )${COOKIE}=([^;]*)`))?.[1] ?? "";
  if (choice.selectedIndex < 0) choice.value = ""; // not a language of ours
  choice.addEventListener("change", () => {
    tellServer(COOKIE, choice.value);
    location.reload();
  });
  choice.disabled = false;
}

/** @param {HTMLInputElement} tick */
function mountMotion(tick) {
  tick.checked = recall(MOTION) === LESS;
  tick.addEventListener("change", () => {
    const motion = tick.checked ? LESS : "";
    remember(MOTION, motion);
    document.documentElement.dataset.motion = motion;
  });
  tick.disabled = false;
}
