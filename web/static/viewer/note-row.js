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
  const named = { "data-key": `c${id}`, "aria-label": t("Choose {title}", { title }) };
  const box = make("input", { type: "checkbox", checked: isChosen, value: id, ...named });
  const details = make("details", { open: isOpen, "data-id": id });
  details.append(make("summary", { dir: "auto", "data-key": `s${id}` }, title), ...content(note));
  const up = arrow(id, "up", "↑", t("Move {title} up", { title }), place === 0);
  const down = arrow(id, "down", "↓", t("Move {title} down", { title }), place === last);
  return make("li", { draggable: true, "data-id": id, "data-row": id }, box, details, up, down);
}

/** @param {Note} note */
function content({ id, shown_title: title, text_html, saved_html }) {
  const parts = [];
  if (saved_html) parts.push(written(saved_html, "cw-written"));
  if (text_html) parts.push(written(text_html, "cw-written cw-own"));
  const edit = button(id, "edit", t("Edit"), t("Edit {title}", { title }));
  const remove = button(id, "delete", t("Delete"), t("Delete {title}", { title }));
  return [...parts, make("p", { className: "cw-note-actions" }, edit, " ", remove)];
}

/**
 * @param {string} html of our own, in which nothing of documents, models or users is live
 * @param {string} className
 */
function written(html, className) {
  const element = make("div", { className, dir: "auto", innerHTML: html });
  drawFormulas(element);
  return element;
}

/**
 * @param {string} id
 * @param {string} action
 * @param {string} text
 * @param {string} label
 * @param {Record<string, unknown>} [look]
 */
function button(id, action, text, label, look = { className: "cw-link" }) {
  const data = { "data-do": action, "data-id": id, "data-key": `${action}${id}` };
  return make("button", { type: "button", "aria-label": label, ...data, ...look }, text);
}

/**
 * @param {string} id
 * @param {string} action
 * @param {string} sign
 * @param {string} label
 * @param {boolean} disabled
 */
function arrow(id, action, sign, label, disabled) {
  return button(id, action, sign, label, { className: "cw-icon", title: label, disabled });
}
