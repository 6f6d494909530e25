// @ts-check
// The panes: which of them is in front on narrow screens, how wide they are, and whether the right one is put away.

import { closest, make, query, queryAll, reading } from "../dom.js";
import { recallJson, remember } from "./memory.js";
import { t } from "./messages.js";

/** @typedef {"left" | "right"} Side */

const KEY = "citewell-panes";
const STEP = 16;
const MIDDLE_MIN = 360;
/** @type {Record<Side, { min: number, max: number, label: string }>} in CSS pixels */
const LIMITS = {
  left: { min: 240, max: 560, label: t("Width of the sources") },
  right: { min: 320, max: 1200, label: t("Width of the quotes") },
};
/** @type {HTMLElement} */
let panes;

export function watchPanes() {
  document.addEventListener("click", (event) => {
    const tab = closest(event, ".cw-switch button");
    if (tab) switchTo(tab.dataset.pane);
    const action = closest(event, "button[data-do]")?.dataset.do;
    if (action === "close-right") document.body.dataset.right = "closed";
    if (action === "open-right") openRight();
  });
  switchTo("chat");
  if (addGutters()) return;
  const observer = new MutationObserver(() => {
    if (addGutters()) observer.disconnect();
  });
  observer.observe(document.body, { subtree: true, childList: true });
}

/** Gradio draws the panes once it is ready, which may be after this script is. */
function addGutters() {
  const found = document.querySelector("#cw-panes:has(#cw-left):has(#cw-right)");
  if (!(found instanceof HTMLElement)) return false;
  panes = found;
  addGutter("left");
  addGutter("right");
  return true;
}

/** @param {string | undefined} pane */
export function switchTo(pane) {
  document.body.dataset.pane = pane;
  for (const button of queryAll(document, ".cw-switch button")) {
    if (button.dataset.pane === pane) button.setAttribute("aria-current", "true");
    else button.removeAttribute("aria-current");
  }
}

/**
 * Show a tab of the left pane, by its place.
 * @param {"sources" | "chats" | "notes" | "settings"} name
 */
export function showTab(name) {
  switchTo("sources");
  const tabs = queryAll(document, "#cw-left [role=tab]");
  tabs[["sources", "chats", "notes", "settings"].indexOf(name)]?.click();
}

export function openRight() {
  delete document.body.dataset.right;
}

/** @param {Side} side */
function addGutter(side) {
  const { min, max, label } = LIMITS[side];
  const outwards = side === "left" ? 1 : -1;
  const pane = query(panes, `#cw-${side}`, HTMLElement);
  const otherPane = query(panes, side === "left" ? "#cw-right" : "#cw-left", HTMLElement);
  const gutter = make("div", {
    className: "cw-gutter",
    tabIndex: 0,
    role: "separator",
    "data-pane": side,
    "aria-label": label,
    "aria-orientation": "vertical",
    "aria-controls": pane.id,
    "aria-valuemin": min,
  });

  function most() {
    const free = widthOf(panes) - widthOf(otherPane) - MIDDLE_MIN;
    return Math.max(min, Math.min(max, free));
  }

  /** Tell how wide the pane is, for screen readers. */
  function describe() {
    gutter.setAttribute("aria-valuemax", String(Math.round(most())));
    gutter.setAttribute("aria-valuenow", String(Math.round(widthOf(pane) || min)));
  }

  /** @param {number} pixels */
  function setWidth(pixels) {
    const bounded = Math.round(Math.max(min, Math.min(most(), pixels)));
    panes.style.setProperty(`--cw-${side}`, `${bounded}px`);
    describe();
  }

  function keep() {
    remember(KEY, JSON.stringify({ ...widths(), [side]: widthOf(pane) }));
  }

  function reset() {
    panes.style.removeProperty(`--cw-${side}`);
    remember(KEY, JSON.stringify({ ...widths(), [side]: undefined }));
    describe();
  }

  panes.append(gutter);
  const kept = widths()[side];
  if (kept) setWidth(kept);
  else describe();
  gutter.addEventListener("focus", describe);
  gutter.addEventListener("keydown", (event) => {
    const direction = { ArrowRight: outwards, ArrowLeft: -outwards }[event.key];
    if (!direction) return;
    event.preventDefault();
    setWidth(widthOf(pane) + direction * reading(panes) * STEP);
    keep();
  });
  gutter.addEventListener("dblclick", reset);
  gutter.addEventListener("pointerdown", (event) => {
    event.preventDefault();
    gutter.setPointerCapture(event.pointerId);
    gutter.dataset.moving = "";
    const [from, began, sign] = [widthOf(pane), event.clientX, outwards * reading(panes)];
    gutter.onpointermove = ({ clientX }) => setWidth(from + sign * (clientX - began));
    gutter.onlostpointercapture = () => {
      gutter.onpointermove = null;
      delete gutter.dataset.moving;
      if (widthOf(pane) !== from) keep();
    };
  });
}

/** @param {HTMLElement} element */
function widthOf(element) {
  return element.getBoundingClientRect().width;
}

/** @returns {Partial<Record<Side, number>>} */
function widths() {
  return Object.fromEntries(Object.entries(recallJson(KEY) ?? {}).filter(([, pixels]) => typeof pixels === "number"));
}
