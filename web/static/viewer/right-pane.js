// @ts-check
// What the right pane shows: the quotes of an answer, the guide of a source, or a page of it.

import { hideQuotes, showQuotes } from "./quotes-pane.js";

/** @typedef {"quotes" | "guide" | "viewer"} View */

/** @param {View} view */
export function showView(view) {
  for (const each of ["guide", "viewer"]) {
    const element = document.getElementById(`cw-${each}`);
    if (element) element.hidden = each !== view;
  }
  if (view === "quotes") showQuotes();
  else hideQuotes();
}

/** @param {"guide" | "viewer"} view */
export function isShown(view) {
  return document.getElementById(`cw-${view}`)?.hidden === false;
}
