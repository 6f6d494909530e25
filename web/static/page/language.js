// @ts-check
// The language of the page: the browser's, or one chosen here. The server reads it from a cookie, and makes the page anew.

import { query } from "../dom.js";
import { tellServer } from "./memory.js";

const COOKIE = "citewell-language";

/** @param {HTMLElement} element with the choice */
export function mountLanguage(element) {
  const choice = query(element, "#cw-language", HTMLSelectElement);
  choice.value = document.cookie.match(new RegExp(`(?:^|; )${COOKIE}=([^;]*)`))?.[1] ?? "";
  if (choice.selectedIndex < 0) choice.value = ""; // not a language of ours
  choice.addEventListener("change", () => {
    tellServer(COOKIE, choice.value);
    location.reload();
  });
  choice.disabled = false;
}
