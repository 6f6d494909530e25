// @ts-check
// The help: what Citewell does, what the marks mean, how to ask, the keys. It is in the page, and links nowhere.

import { closest, make, query } from "../dom.js";
import { areSingleKeysOn, setSingleKeys, SHORTCUTS } from "./shortcuts.js";

/** @param {HTMLElement} element with the help and its button */
export function mountHelp(element) {
  const dialog = query(element, "#cw-help", HTMLDialogElement);
  query(dialog, "tbody", HTMLElement).append(...SHORTCUTS.map(row));
  const switched = query(dialog, "#cw-single-keys", HTMLInputElement);
  switched.checked = areSingleKeysOn();
  switched.addEventListener("change", () => setSingleKeys(switched.checked));
  element.addEventListener("click", (event) => {
    if (closest(event, "#cw-help-open")) openHelp();
    if (closest(event, "[data-do=close-help]")) dialog.close();
  });
}

export function openHelp() {
  const dialog = query(document, "#cw-help", HTMLDialogElement);
  dialog.showModal();
  dialog.scrollTo(0, 0);
}

/** @param {import("./shortcuts.js").Shortcut} shortcut */
function row({ keys, text }) {
  const drawn = keys.split(" ").flatMap((combination) => [combinationOf(combination), " "]);
  return make("tr", {}, make("td", {}, ...drawn), make("td", {}, text));
}

/** @param {string} combination */
function combinationOf(combination) {
  const keys = combination.length > 1 ? combination.split("+") : [combination];
  return make("bdi", { dir: "ltr" }, ...keys.flatMap((key, index) => [...(index ? ["+"] : []), make("kbd", {}, key)]));
}
