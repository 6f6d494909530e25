// @ts-check
// Documents dragged onto a collection: one, or all that are chosen. The shelf has the collections that are out of sight.

import { closest, make, query } from "../dom.js";
import { icon } from "../page/icons.js";
import { t, tn } from "../page/messages.js";
import { chosenWith } from "./choice.js";
import { DRAGGED } from "./dropped-files.js";
import { ownCollections, sourceOf } from "./known-sources.js";
import { pin } from "./list-window.js";
import { askCollection, moveTo } from "./move-and-remove.js";

const TARGETS = "[data-collection], [data-new-collection]";
/** @type {SourceDocument[]} */
let dragged = [];
/** @type {HTMLElement} */
let shelf;

/** @param {HTMLElement} element */
export function mountDragging(element) {
  shelf = query(element, "#cw-shelf", HTMLElement);
  element.addEventListener("dragstart", begin);
  element.addEventListener("dragend", end);
  element.addEventListener("dragover", (event) => {
    mark(dragged.length ? closest(event, TARGETS) : null);
    if (!dragged.length || !closest(event, TARGETS)) return;
    event.preventDefault();
    if (event.dataTransfer) event.dataTransfer.dropEffect = "move";
  });
  element.addEventListener("dragleave", (event) => {
    if (event.target === element) mark(null);
  });
  element.addEventListener("drop", (event) => {
    const target = closest(event, TARGETS);
    if (!dragged.length || !target) return;
    event.preventDefault();
    const sources = dragged;
    end();
    if (target.dataset.collection === undefined) askCollection(sources);
    else moveTo(sources, target.dataset.collection);
  });
}

/** @param {DragEvent} event */
function begin(event) {
  const row = closest(event, "#cw-documents li[draggable=true]");
  const source = sourceOf(Number(row?.dataset.row?.slice(1)));
  if (!row || !source || !event.dataTransfer) return;
  dragged = chosenWith(source).filter(({ owner }) => !owner);
  pin("dragged", source.id);
  event.dataTransfer.setData(DRAGGED, "");
  event.dataTransfer.effectAllowed = "move";
  if (dragged.length > 1) event.dataTransfer.setDragImage(stack(dragged.length), 0, 0);
  setTimeout(showShelf); // a page that changes in this event ends the drag
}

function end() {
  dragged = [];
  pin("dragged", 0);
  shelf.hidden = true;
  mark(null);
}

/** @param {HTMLElement | null} target */
function mark(target) {
  for (const each of document.querySelectorAll(".cw-dragged-over")) each.classList.remove("cw-dragged-over");
  target?.classList.add("cw-dragged-over");
}

function showShelf() {
  if (!dragged.length) return; // dropped already
  const collections = ownCollections().map((name) => spot(name, "folder", { "data-collection": name }));
  const none = spot(t("In no collection"), "x", { "data-collection": "" });
  const another = spot(t("New collection …"), "folder-plus", { "data-new-collection": "" });
  shelf.replaceChildren(...collections, none, another);
  shelf.hidden = false;
}

/**
 * @param {string} text
 * @param {string} shape
 * @param {Record<string, string>} attributes
 */
function spot(text, shape, attributes) {
  return make("span", { className: "cw-spot", ...attributes }, icon(shape), make("span", { dir: "auto" }, text));
}

/** @param {number} count */
function stack(count) {
  const image = make("span", { className: "cw-stack" }, tn("{number} document", "{number} documents", count));
  document.body.append(image);
  setTimeout(() => image.remove());
  return image;
}
