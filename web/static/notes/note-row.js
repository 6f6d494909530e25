// @ts-check
// One note in the list: what was saved, the user's words, and what can be done with it.

import { make } from "../dom.js";
import { drawFormulas } from "../page/formulas.js";
import { t } from "../page/messages.js";

/** @typedef {{ place: number, last: number, isChosen: boolean, isOpen: boolean }} RowState */

/**
 * @param {Note} note
 * @param {RowState} state
 */
export function noteRow(note, { place, last, isChosen, isOpen }) {
  const { id, shown_title: title } = note;
  const box = make("input", { type: "checkbox", checked: isChosen, value: id, "data-key": `c${id}` });
  box.setAttribute("aria-label", t("Choose {title}", { title }));
  const details = make("details", { open: isOpen, "data-id": id });
  details.append(make("summary", { dir: "auto", "data-key": `s${id}` }, title), ...content(note));
  const up = iconButton(id, "up", "↑", t("Move {title} up", { title }), place === 0);
  const down = iconButton(id, "down", "↓", t("Move {title} down", { title }), place === last);
  return make("li", { draggable: true, "data-id": id, "data-row": id }, box, details, up, down);
}

/** @param {Note} note */
function content({ id, shown_title: title, text_html, saved_html, saved }) {
  const parts = [];
  if (saved_html) parts.push(written(saved_html, `cw-saved-${saved}`));
  if (text_html) parts.push(written(text_html, "cw-own"));
  const edit = linkButton(id, "edit", t("Edit"), t("Edit {title}", { title }));
  const remove = linkButton(id, "delete", t("Delete"), t("Delete {title}", { title }));
  return [...parts, make("p", { className: "cw-note-actions" }, edit, " ", remove)];
}

/**
 * @param {string} html of our own, in which nothing of documents, models or users is live
 * @param {string} className
 */
function written(html, className) {
  const element = make("div", { className: `cw-written ${className}`, dir: "auto", innerHTML: html });
  drawFormulas(element);
  return element;
}

/**
 * @param {string} id
 * @param {string} action
 * @param {string} text
 * @param {string} label
 */
function linkButton(id, action, text, label) {
  const attributes = { type: "button", className: "cw-link", "data-do": action, "data-id": id };
  const button = make("button", { ...attributes, "data-key": `${action}${id}` }, text);
  button.setAttribute("aria-label", label);
  return button;
}

/**
 * @param {string} id
 * @param {string} action
 * @param {string} icon
 * @param {string} label
 * @param {boolean} disabled
 */
function iconButton(id, action, icon, label, disabled) {
  const attributes = { type: "button", className: "cw-icon", "data-do": action, "data-id": id, disabled };
  const button = make("button", { ...attributes, "data-key": `${action}${id}`, title: label }, icon);
  button.setAttribute("aria-label", label);
  return button;
}
