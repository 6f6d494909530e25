// @ts-check
// The palette: type a few letters, and go where they lead. A combobox with a list box, in a dialog.

import { closest, make, query } from "../dom.js";
import { t, tn } from "./messages.js";
import { itemsHere, itemsThere } from "./palette-items.js";

/** @import { Item } from "./palette-items.js" */

const PAUSE_MS = 150;
/** @type {HTMLDialogElement} */
let dialog;
/** @type {Item[]} */
let items = [];
let current = 0;
/** @type {ReturnType<typeof setTimeout> | undefined} */
let timer;

/** @param {HTMLElement} element with the palette */
export function mountPalette(element) {
  dialog = query(element, "#cw-palette", HTMLDialogElement);
  field().addEventListener("input", find);
  dialog.addEventListener("keydown", handleKey);
  list().addEventListener("click", (event) => choose([...list().children].indexOf(closest(event, "li") ?? dialog)));
  element.addEventListener("click", (event) => closest(event, "#cw-palette-open") && openPalette());
}

export function openPalette() {
  field().value = "";
  dialog.showModal();
  find();
}

function find() {
  clearTimeout(timer);
  const text = field().value.trim();
  show(itemsHere(text));
  if (text) timer = setTimeout(() => findThere(text), PAUSE_MS);
}

/** @param {string} text */
async function findThere(text) {
  try {
    const there = await itemsThere(text);
    if (text === field().value.trim()) show([...itemsHere(text), ...there], current);
  } catch {
    // What the page has is found all the same.
  }
}

/**
 * @param {Item[]} found
 * @param {number} [at]
 */
function show(found, at = 0) {
  items = found;
  list().replaceChildren(...items.map(option));
  mark(Math.min(Math.max(at, 0), items.length - 1));
  const said = items.length ? tn("{number} entry", "{number} entries", items.length) : t("Nothing found.");
  query(dialog, "[role=status]", HTMLElement).textContent = said;
}

/**
 * @param {Item} item
 * @param {number} index
 */
function option({ name, kind, keys }, index) {
  const shortcut = keys ? [make("kbd", { dir: "ltr" }, keys)] : [];
  const told = make("span", { className: "cw-note" }, kind);
  return make("li", { id: `cw-found-${index}`, role: "option" }, make("bdi", {}, name), ...shortcut, told);
}

/** @param {number} index */
function mark(index) {
  current = index;
  [...list().children].forEach((each, at) => each.setAttribute("aria-selected", String(at === index)));
  list().children[index]?.scrollIntoView({ block: "nearest" });
  if (index < 0) field().removeAttribute("aria-activedescendant");
  else field().setAttribute("aria-activedescendant", `cw-found-${index}`);
}

/** @param {KeyboardEvent} event */
function handleKey(event) {
  if (event.isComposing) return;
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (step && items.length) mark((current + step + items.length) % items.length);
  else if (event.key === "Enter") choose(current);
  else return;
  event.preventDefault();
}

/** @param {number} index */
function choose(index) {
  const item = items[index];
  if (!item) return;
  dialog.close();
  item.run();
}

function field() {
  return query(dialog, "input", HTMLInputElement);
}

function list() {
  return query(dialog, "ul", HTMLElement);
}
