// @ts-check
// Files and web pages being added: sending files, their progress, and passwords for the encrypted ones.

import { messageOf, request, sendJson } from "./api.js";
import { closest, make, query } from "./dom.js";
import { chosenFolder, droppedFiles, MAX_FILES, plain } from "./sources/dropped-files.js";

/** @typedef {import("./sources/dropped-files.js").Dropped} Dropped */
/** @typedef {{ file: File, folder: string, error: string }} Sending a file on its way to the server, or rejected */
/** @typedef {Pick<Upload, "name" | "state" | "doing" | "text"> & Partial<Upload>} Shown */

/** @type {UploadState[]} */
const STATE_ORDER = ["locked", "failed", "working", "waiting", "ready"];
const SUMMARISED_FROM = 4;
/** @type {HTMLElement} */
let progress;
/** @type {{ refresh: () => Promise<void>, refreshSoon: () => void }} */
let pane;
/** @type {Upload[]} */
let uploads = [];
/** @type {Sending[]} */
let sending = [];
let maxBytes = Infinity;
/** @type {Set<string>} endings of the names of files that are read */
let suffixes = new Set();
let leftOut = 0;
/** @type {Map<number, HTMLFormElement>} password forms by upload; they outlive a redraw with what is typed in them */
const passwordForms = new Map();
/** @type {number | null} the upload whose password was sent last */
let lastTried = null;

/**
 * @param {HTMLElement} element
 * @param {typeof pane} refreshing
 */
export function mountUploads(element, refreshing) {
  pane = refreshing;
  progress = query(element, "#cw-progress", HTMLElement);
  const dropZone = query(element, ".cw-drop", HTMLElement);
  for (const input of dropZone.querySelectorAll("input")) {
    input.disabled = false;
    input.addEventListener("change", async () => {
      const files = [...(input.files ?? [])];
      input.value = "";
      await loadLimits();
      await send(input.webkitdirectory ? chosenFolder(files, isReadable) : plain(files));
    });
  }
  for (const name of ["dragenter", "dragover"]) {
    element.addEventListener(name, (event) => {
      event.preventDefault();
      dropZone.classList.add("cw-over");
    });
  }
  for (const name of ["dragleave", "drop"]) {
    element.addEventListener(name, () => dropZone.classList.remove("cw-over"));
  }
  element.addEventListener("drop", async (event) => {
    event.preventDefault();
    try {
      if (event.dataTransfer) await send(await droppedFiles(event.dataTransfer, loadLimits, isReadable));
    } catch (error) {
      showError(new Error(`What was dropped cannot be read by the browser: ${messageOf(error)}`));
    }
  });
  progress.addEventListener("submit", unlock);
  progress.addEventListener("click", (event) => {
    if (closest(event, "button[data-do=forget]")) clearFinished();
  });
}

/**
 * @param {Upload[]} latest
 * @param {number} limit of a file, in bytes
 * @param {string[]} readable endings of the names of files that are read
 */
export function setUploads(latest, limit, readable) {
  uploads = latest;
  maxBytes = limit;
  suffixes = new Set(readable);
}

/** Files may be given before the server has said what it reads, and how large they may be. */
async function loadLimits() {
  if (!suffixes.size) await pane.refresh();
}

/** @param {string} name */
function isReadable(name) {
  return !suffixes.size || suffixes.has(name.slice(name.lastIndexOf(".")).toLowerCase());
}

export function isUploading() {
  const isWaiting = uploads.some(({ state }) => state === "waiting" || state === "working");
  return isWaiting || sending.some(({ error }) => !error);
}

/** @param {unknown} error */
export function showError(error) {
  progress.replaceChildren(make("p", { className: "cw-error" }, messageOf(error)));
}

// Requests

/** @param {Dropped} dropped */
async function send(dropped) {
  leftOut += dropped.leftOut;
  const added = dropped.found.map((each) => ({ ...each, error: sizeError(each.file) }));
  sending.push(...added);
  drawUploads();
  for (const each of added.filter(({ error }) => !error)) {
    const named = new URLSearchParams({ name: each.file.name, folder: each.folder });
    try {
      await request(`uploads?${named}`, { method: "POST", body: each.file });
    } catch (error) {
      each.error = (await readError(each.file)) || messageOf(error);
    }
    if (!each.error) sending = sending.filter((other) => other !== each);
    pane.refreshSoon();
  }
  await pane.refresh();
}

/**
 * Check the size before gigabytes are sent in vain; the server does not rely on it.
 * @param {File} file
 */
function sizeError(file) {
  if (file.size <= maxBytes) return "";
  return `the file is larger than the limit of ${maxBytes / 1e6} MB (setting max_file_mb)`;
}

/**
 * Return why the browser itself cannot read a file, "" if it can: a request with such a file fails without a reason.
 * @param {File} file
 */
async function readError(file) {
  try {
    await file.slice(0, 1).arrayBuffer();
    return "";
  } catch {
    return "the browser cannot read it: it may be a folder, or have been moved since";
  }
}

/** @param {SubmitEvent} event */
async function unlock(event) {
  const form = closest(event, "form[data-upload]");
  if (!form) return;
  event.preventDefault();
  lastTried = Number(form.dataset.upload);
  const field = query(form, "input", HTMLInputElement);
  const password = field.value;
  field.value = "";
  await attempt(sendJson("POST", `uploads/${lastTried}`, { password }));
}

async function clearFinished() {
  sending = sending.filter(({ error }) => !error);
  leftOut = 0;
  await attempt(request("uploads", { method: "DELETE" }));
}

/**
 * Wait for a change on the server and show what came of it.
 * @param {Promise<unknown>} sent
 */
export async function attempt(sent) {
  try {
    await sent;
  } catch (error) {
    showError(error);
    return;
  }
  await pane.refresh();
}

// Drawing

export function drawUploads() {
  const focused = progress.contains(document.activeElement) ? document.activeElement : null;
  const shown = shownUploads();
  const list = make("ul", { className: "cw-uploads", "aria-label": "Files coming in" }, ...shown.map(row));
  progress.replaceChildren(...(shown.length ? [list] : []));
  forgetForms();
  restoreFocus(focused);
  if (shown.length >= SUMMARISED_FROM) progress.prepend(make("p", { className: "cw-note" }, summary(shown)));
  if (list.scrollHeight > list.clientHeight) list.tabIndex = 0; // for scrolling by keyboard
  if (leftOut) {
    const most = sending.length + uploads.length >= MAX_FILES ? ` At most ${MAX_FILES} files are taken at once.` : "";
    const which = leftOut === 1 ? "1 file of the folder was" : `${leftOut} files of the folder were`;
    const text = `${which} left out: Citewell does not read this format.${most}`;
    progress.append(make("p", { className: "cw-note" }, text));
  }
  if (leftOut || shown.some(({ state }) => state !== "waiting" && state !== "working")) {
    progress.append(make("button", { type: "button", className: "cw-link", "data-do": "forget" }, "Clear this list"));
  }
}

function shownUploads() {
  /** @type {Shown[]} */
  const unsent = sending.map(({ file, folder, error }) => ({
    name: folder ? `${folder}/${file.name}` : file.name,
    state: error ? "failed" : "waiting",
    doing: "sending",
    text: error,
  }));
  const rank = (/** @type {Shown} */ { state }) => STATE_ORDER.indexOf(state);
  return [...uploads, ...unsent].sort((one, other) => rank(one) - rank(other));
}

/** @param {Shown[]} shown */
function summary(shown) {
  const count = (/** @type {UploadState[]} */ ...states) => shown.filter(({ state }) => states.includes(state)).length;
  const locked = count("locked") ? `${count("locked")} locked, ` : "";
  return `${count("ready")} ready, ${count("failed")} failed, ${locked}${count("waiting", "working")} to go`;
}

/** @param {Shown} upload */
function row(upload) {
  const name = make("b", {}, upload.name);
  const built = make("li", { className: `cw-${upload.state}` }, name, " ", make("span", {}, stateText(upload)));
  if (upload.state === "locked" && upload.id !== undefined) built.append(passwordForm(upload.id, upload.name));
  if (upload.state === "working") {
    const bar = make("progress", { max: 1, "aria-label": `Progress of ${upload.name}` });
    if (typeof upload.share === "number") bar.value = upload.share;
    built.append(bar);
  }
  return built;
}

/** @param {Shown} upload */
function stateText({ state, text, doing }) {
  if (state === "failed") return `✕ ${text}`;
  if (state === "locked") return text;
  return state === "ready" ? `✓ ready${text ? `: ${text}` : ""}` : `${doing} …`;
}

/**
 * @param {number} id
 * @param {string} name
 */
function passwordForm(id, name) {
  const existing = passwordForms.get(id);
  if (existing) return existing;
  const hidden = (/** @type {string} */ text) => make("span", { className: "cw-unseen" }, text);
  const field = make("input", { type: "password", autocomplete: "off", required: true, maxLength: 1000 });
  const label = make("label", {}, "Password", hidden(` of ${name}`), field);
  const button = make("button", { type: "submit", className: "cw-button" }, "Open", hidden(` ${name}`));
  const form = make("form", { className: "cw-password", "data-upload": id }, label, button);
  passwordForms.set(id, form);
  return form;
}

function forgetForms() {
  const locked = new Set(uploads.filter(({ state }) => state === "locked").map(({ id }) => id));
  for (const id of passwordForms.keys()) if (!locked.has(id)) passwordForms.delete(id);
}

/**
 * Restore the focus that a redraw took away. After a wrong password it goes to that password's field.
 * @param {Element | null} focused
 */
function restoreFocus(focused) {
  if (focused instanceof HTMLElement && focused.isConnected) focused.focus();
  const form = lastTried !== null && passwordForms.get(lastTried);
  if (!form) return;
  if (document.activeElement === document.body) query(form, "input", HTMLInputElement).focus();
  lastTried = null;
}
