// @ts-check
// The files coming in, in two lists: those that failed or are locked lie in a tray, which can be closed. A list and a
// row are there as long as they are shown, and only what is new in them is drawn: with an element that is replaced go
// the place that was scrolled to, a click that has begun, the focus, and what was selected.

import { keepChildren, make, setText } from "../dom.js";
import { t, tn } from "../page/messages.js";
import { passwordForm } from "./passwords.js";
import { callBack } from "./sending.js";

/** @typedef {import("./sending.js").Sending} Sending */
/** @typedef {Pick<Upload, "name" | "state" | "doing" | "text"> & Partial<Upload> & { unsent?: Sending }} Shown */
/** @typedef {{ item: HTMLElement, said: HTMLElement, bar: HTMLProgressElement }} Row */

/** @type {Map<string, Row>} the rows that are shown, by file and the controls that it has */
let rows = new Map();
const needing = make("ul", { className: "cw-uploads", "aria-label": t("Files that need attention") });
const others = make("ul", { className: "cw-uploads", "aria-label": t("Files coming in") });
const count = make("summary");
const tray = make("details", { className: "cw-tray", open: true }, count, needing);

/** @param {Shown[]} uploads */
export function uploadLists(uploads) {
  rows = new Map(uploads.map((each) => [keyOf(each), rows.get(keyOf(each)) ?? newRow(each)]));
  const drawn = (/** @type {Shown[]} */ some) => some.map((each) => draw(each, rows.get(keyOf(each)) ?? newRow(each)));
  const inTray = drawn(uploads.filter(needsAttention));
  const outside = drawn(uploads.filter((each) => !needsAttention(each)));
  setText(count, tn("{number} needs attention", "{number} need attention", inTray.length));
  keepChildren(needing, inTray);
  keepChildren(others, outside);
  return [...(inTray.length ? [tray] : []), ...(outside.length ? [others] : [])];
}

export function offerScrolling() {
  for (const list of [needing, others]) list.tabIndex = list.scrollHeight > list.clientHeight ? 0 : -1;
}

/** @param {Shown} upload */
export function isComing({ state }) {
  return state === "working" || state === "waiting";
}

/**
 * @param {string} action
 * @param {string} text
 */
export function linkButton(action, text) {
  return make("button", { type: "button", className: "cw-link", "data-do": action }, text);
}

/** @param {Shown} upload */
function needsAttention({ state }) {
  return state === "failed" || state === "locked";
}

/** @param {Shown} upload */
function keyOf(upload) {
  const file = upload.unsent ? `unsent ${upload.unsent.number}` : `${upload.id}`;
  return `${file} ${isComing(upload) ? "coming" : upload.state} ${upload.name}`;
}

/**
 * @param {Shown} upload
 * @returns {Row}
 */
function newRow(upload) {
  const said = make("span");
  const item = make("li", {}, make("b", {}, upload.name), " ", said);
  if (upload.state === "locked" && upload.id !== undefined) item.append(passwordForm(upload.id, upload.name));
  if (isComing(upload)) item.append(" ", cancelButton(upload));
  const bar = make("progress", { max: 1, "aria-label": t("Progress of {name}", { name: upload.name }) });
  return { item, said, bar };
}

/**
 * @param {Shown} upload
 * @param {Row} row
 */
function draw(upload, { item, said, bar }) {
  item.className = `cw-${upload.state}`;
  setText(said, stateText(upload));
  if (upload.state !== "working") bar.remove();
  else if (!bar.parentElement) item.append(bar);
  if (typeof upload.share === "number") bar.value = upload.share;
  else bar.removeAttribute("value");
  return item;
}

/** @param {Shown} upload */
function cancelButton({ id, name, unsent }) {
  const button = linkButton("cancel", t("Cancel"));
  button.value = `${id ?? ""}`;
  button.setAttribute("aria-label", t("Cancel {name}", { name }));
  if (unsent) button.addEventListener("click", () => callBack([unsent]));
  return button;
}

/** @param {Shown} upload */
function stateText({ state, text, doing }) {
  if (state === "failed") return `✕ ${text}`;
  if (state === "locked") return text;
  const ready = t("ready");
  return state === "ready" ? `✓ ${ready}${text ? `: ${text}` : ""}` : `${doing} …`;
}
