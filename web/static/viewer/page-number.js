// @ts-check
// The number of the page that is shown, as a field: another number and Enter lead to that page.

import { query, setText } from "../dom.js";
import { t } from "../page/messages.js";

/** @type {HTMLInputElement} */
let field;
/** @type {HTMLElement} */
let total;
let [shown, pages] = [0, 0];

/**
 * @param {HTMLElement} viewer
 * @param {(page: number) => void} openPage
 */
export function mountPageNumber(viewer, openPage) {
  field = query(viewer, ".cw-page-number", HTMLInputElement);
  total = query(viewer, ".cw-page-total", HTMLElement);
  field.addEventListener("focus", () => field.select());
  field.addEventListener("blur", restore);
  field.addEventListener("keydown", (event) => {
    if (!event.ctrlKey && !event.metaKey) event.stopPropagation(); // the viewer's keys are digits and arrows here
    if (event.isComposing || (event.key !== "Enter" && event.key !== "Escape")) return;
    event.preventDefault();
    const wanted = Math.round(Number(field.value));
    if (event.key === "Escape" || !field.value.trim() || !Number.isFinite(wanted)) restore();
    else openPage(Math.min(Math.max(wanted, 1), pages));
  });
}

/**
 * @param {{ page: number, pages: number } | null} page that is shown; null if there is none
 */
export function showPageNumber(page) {
  [shown, pages] = [page?.page ?? 0, page?.pages ?? 0];
  field.disabled = pages < 2;
  setText(total, page ? t("of {pages}", { pages }) : "");
  restore();
}

function restore() {
  field.value = shown ? String(shown) : "";
}
