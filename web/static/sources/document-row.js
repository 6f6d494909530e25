// @ts-check
// One document in the list: its tick, its name on one line, and what can be done with it.

import { make } from "../dom.js";
import { documentIcon, icon, iconButton } from "../page/icons.js";
import { t } from "../page/messages.js";
import { valueOf } from "../viewer/target.js";

/** @typedef {{ isAsked: boolean, isChosen: boolean, isOpen: boolean }} RowState */

const NAME_END = 12; // characters

/**
 * @param {SourceDocument} source
 * @param {RowState} state
 */
export function documentRow(source, { isAsked, isChosen, isOpen }) {
  const { id, name, notes, owner } = source;
  const named = { "data-key": `c${id}`, "aria-label": t("Ask {name}", { name }) };
  const box = make("input", { type: "checkbox", checked: isAsked, value: id, ...named });
  const attributes = {
    type: "button",
    className: "cw-link cw-open cw-doc",
    value: valueOf(id),
    "data-key": `o${id}`,
    dir: "auto",
    title: [name, ...about(source)].join("\n"),
    "aria-label": isChosen ? t("{name}, chosen", { name }) : name,
  };
  const open = make("button", attributes, ...inOneLine(name));
  const alert = make("span", { className: "cw-alert", title: notes.join("\n") }, icon("triangle-alert"));
  const item = make("li", { "data-row": `d${id}`, draggable: !owner }, box, documentIcon(source), open);
  if (needsAttention(source)) item.append(alert);
  item.toggleAttribute("data-more", isOpen);
  item.toggleAttribute("data-chosen", isChosen);
  item.append(actions(source, isOpen), details(source));
  return item;
}

/**
 * Return a name in two parts, of which only the first gives way where there is no room: their ends tell files apart.
 * @param {string} name
 */
function inOneLine(name) {
  const characters = [...name];
  const at = Math.max(0, characters.length - NAME_END);
  const parts = [characters.slice(0, at).join(""), characters.slice(at).join("")];
  return parts.filter(Boolean).map((part) => make("span", {}, part));
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
  const more = tool(id, "more", "ellipsis", t("More"), t("More of {name}", { name }));
  more.setAttribute("aria-expanded", String(isOpen));
  const changing = [
    ...(address ? [tool(id, "refresh", "refresh-cw", t("Refresh"), t("Refresh {name}", { name }))] : []),
    tool(id, "facts", "pencil", t("What it is"), t("What {name} is", { name })),
    ...(owner ? [] : [tool(id, "move", "folder-input", t("Collection"), t("Collection of {name}", { name }))]),
    tool(id, "remove", "trash-2", t("Remove"), t("Remove {name}", { name })),
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
    "aria-label": t("on the web"),
    "data-key": `w${id}`,
  };
  return make("a", attributes, icon("globe"));
}

/**
 * @param {number} id
 * @param {string} action
 * @param {string} shape
 * @param {string} title
 * @param {string} label
 */
function tool(id, action, shape, title, label) {
  return iconButton(shape, label, { title, value: id, "data-do": action, "data-key": `${action}${id}` });
}
