// @ts-check
// Passwords of encrypted files: a form for each, which outlives a redraw with what is typed in it.

import { closest, make, query } from "../dom.js";
import { t } from "../page/messages.js";

/** @type {Map<number, HTMLFormElement>} by upload */
const forms = new Map();
/** @type {number | null} the upload whose password was sent last */
let lastTried = null;
const STILL = { preventScroll: true };

/**
 * @param {number} id
 * @param {string} name
 */
export function passwordForm(id, name) {
  const existing = forms.get(id);
  if (existing) return existing;
  const named = { "aria-label": t("Password of {name}", { name }) };
  const field = make("input", { type: "password", autocomplete: "off", required: true, maxLength: 1000, ...named });
  const label = make("label", {}, t("Password"), field);
  const opening = { type: "submit", className: "cw-button", "aria-label": t("Open {name}", { name }) };
  const button = make("button", opening, t("Open"));
  const form = make("form", { className: "cw-password", "data-upload": id }, label, button);
  forms.set(id, form);
  return form;
}

/**
 * Return the upload that a form was sent for, and the password, which the field no longer has.
 * @param {SubmitEvent} event
 */
export function unlockWith(event) {
  const form = closest(event, "form[data-upload]");
  if (!form) return null;
  event.preventDefault();
  lastTried = Number(form.dataset.upload);
  const field = query(form, "input", HTMLInputElement);
  const password = field.value;
  field.value = "";
  return { id: lastTried, password };
}

/** @param {Upload[]} uploads */
export function forgetForms(uploads) {
  const locked = new Set(uploads.filter(({ state }) => state === "locked").map(({ id }) => id));
  for (const id of forms.keys()) if (!locked.has(id)) forms.delete(id);
}

/**
 * Restore the focus that a redraw took away: where it was, or on what does the same now, or else on the list, which does
 * nothing. After a wrong password it goes to that password's field.
 * @param {Element | null} focused
 * @param {HTMLElement} lists
 */
export function restoreFocus(focused, lists) {
  if (focused instanceof HTMLElement && document.activeElement === document.body)
    successor(focused, lists)?.focus(STILL);
  const form = lastTried !== null && forms.get(lastTried);
  if (!form) return;
  if (document.activeElement?.matches("body, .cw-uploads")) query(form, "input", HTMLInputElement).focus();
  lastTried = null;
}

/**
 * @param {HTMLElement} focused
 * @param {HTMLElement} lists
 */
function successor(focused, lists) {
  if (focused.isConnected) return focused;
  const label = focused.getAttribute("aria-label");
  /** @type {HTMLElement | null} */
  const same = label === null ? null : lists.querySelector(`[aria-label="${CSS.escape(label)}"]`);
  return same ?? lists.querySelector(":scope > ul") ?? lists.querySelector("[open] > ul");
}
