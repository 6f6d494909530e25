// @ts-check
// Order notes by dragging them; the arrow buttons do the same by keyboard and touch.

import { closest } from "../dom.js";

/**
 * Call back with a note that was dragged, and its new place.
 * @param {HTMLElement} list
 * @param {(id: string, place: number) => void} onMoved
 */
export function draggedTo(list, onMoved) {
  /** @type {HTMLElement | null} */
  let dragged = null;
  list.addEventListener("dragstart", (event) => {
    dragged = closest(event, "li[draggable]");
    if (!dragged || !event.dataTransfer) return;
    event.dataTransfer.effectAllowed = "move";
    event.dataTransfer.setData("text/plain", dragged.querySelector("summary")?.textContent ?? "");
    dragged.classList.add("cw-dragged");
  });
  list.addEventListener("dragover", (event) => {
    const over = closest(event, "li[draggable]");
    if (!dragged || !over) return;
    event.preventDefault();
    if (over === dragged) return;
    const { top, height } = over.getBoundingClientRect();
    if (event.clientY < top + height / 2) over.before(dragged);
    else over.after(dragged);
  });
  list.addEventListener("drop", (event) => dragged && event.preventDefault());
  list.addEventListener("dragend", () => {
    const moved = dragged;
    dragged = null;
    if (!moved) return;
    moved.classList.remove("cw-dragged");
    onMoved(moved.dataset.id ?? "", [...list.children].indexOf(moved));
  });
}
