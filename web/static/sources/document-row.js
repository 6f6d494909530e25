// @ts-check
// One document in the list: its tick, its name on one line, and what can be done with it.

import { make } from "../dom.js";
import { documentIcon, icon } from "../page/icons.js";
import { inOneLine } from "../page/names.js";
import { t } from "../page/messages.js";

/** @typedef {{ isAsked: boolean, isChosen: boolean, isOpen: boolean }} RowState */

/**
 * @param {SourceDocument} source
 * @param {RowState} state
 */
export function documentRow(source, { isAsked, isChosen, isOpen }) {
  const { id, name, notes, owner } = source;
  const box = make("input", { type: "checkbox", checked: isAsked, value: id, "data-key": `c${id}` });
  box.setAttribute("aria-label", t("Ask {name}", { name }));
  const attributes = {
    type: "button",
    className: "cw-link cw-open cw-doc",
    value: `${id}:1:0:0:`,
    "data-key": `o${id}`,
    dir: "auto",
    title: [name, ...about(source)].join("\n"),
  };
  const open = make("button", attributes, ...inOneLine(name));
  open.setAttribute("aria-label", isChosen ? t("{name}, chosen", { name }) : name);
  const alert = make("span", { className: "cw-alert", title: notes.join("\n") }, icon("triangle-alert"));
  const item = make("li", { "data-row": `d${id}`, draggable: !owner }, box, documentIcon(source), open);
  if (needsAttention(source)) item.append(alert);
  item.toggleAttribute("data-more", isOpen);
  item.toggleAttribute("data-chosen", isChosen);
  item.append(actions(source, isOpen), details(source));
  return item;
}

/** @param {SourceDocument} source */
export function needsAttention({ notes, lost }) {
  return notes.length > 0 || lost;
}

/** @param {SourceDocument} source */
function about({ extent, about: known, lost }) {
  return [extent, known, lost ? t("Read by an earlier version; its file is gone") : ""].filter(Boolean);
}

/** @param {SourceDocument} source */
function details(source) {
  const lines = about(source).map((text) => make("span", { className: "cw-meta" }, text));
  const notes = source.notes.map((note) => make("span", { className: "cw-meta cw-doubt" }, note));
  return make("span", { className: "cw-about-it" }, ...lines, ...notes);
}

/**
 * @param {SourceDocument} source
 * @param {boolean} isOpen
 */
function actions({ id, name, address, owner, editable }, isOpen) {
  const more = iconButton(id, "more", "ellipsis", t("More"), t("More of {name}", { name }));
  more.setAttribute("aria-expanded", String(isOpen));
  const changing = [
    ...(address ? [iconButton(id, "refresh", "refresh-cw", t("Refresh"), t("Refresh {name}", { name }))] : []),
    iconButton(id, "facts", "pencil", t("What it is"), t("What {name} is", { name })),
    ...(owner ? [] : [iconButton(id, "move", "folder-input", t("Collection"), t("Collection of {name}", { name }))]),
    iconButton(id, "remove", "trash-2", t("Remove"), t("Remove {name}", { name })),
  ];
  return make(
    "span",
    { className: "cw-actions" },
    ...(address ? [webLink(id, address)] : []),
    ...(editable ? changing : []),
    more,
  );
}

/**
 * @param {number} id
 * @param {string} address
 */
function webLink(id, address) {
  const attributes = {
    href: address,
    target: "_blank",
    rel: "noopener noreferrer",
    className: "cw-icon",
    title: address,
  };
  const link = make("a", { ...attributes, "data-key": `w${id}` }, icon("globe"));
  link.setAttribute("aria-label", t("on the web"));
  return link;
}

/**
 * @param {number} id
 * @param {string} action
 * @param {string} shape
 * @param {string} title
 * @param {string} label
 */
function iconButton(id, action, shape, title, label) {
  const attributes = {
    type: "button",
    className: "cw-icon",
    "data-do": action,
    value: id,
    title,
    "data-key": `${action}${id}`,
  };
  const button = make("button", attributes, icon(shape));
  button.setAttribute("aria-label", label);
  return button;
}
