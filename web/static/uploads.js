// @ts-check
// Files and web pages being added: sending files, their progress, and passwords for the encrypted ones.

import { messageOf, request, sendJson } from "./api.js";
import { closest, keepChildren, make, query, setText } from "./dom.js";
import { chosenFolder, DRAGGED, droppedFiles, MAX_FILES, plain } from "./sources/dropped-files.js";
import { forgetForms, restoreFocus, unlockWith } from "./sources/passwords.js";
import { callBack, describeSending, forgetUnsent, sendFiles, unsent, watchSending } from "./sources/sending.js";
import { isComing, linkButton, offerScrolling, uploadLists } from "./sources/upload-lists.js";
import { t, tn } from "./page/messages.js";

/** @typedef {import("./sources/dropped-files.js").Dropped} Dropped */
/** @typedef {import("./sources/upload-lists.js").Shown} Shown */

/** @type {UploadState[]} */
const STATE_ORDER = ["locked", "failed", "working", "waiting", "ready"];
const SUMMARISED_FROM = 4;
const MOST_ROWS = 200;
/** @type {HTMLElement} */
let progress;
const problem = make("p", { className: "cw-error", role: "alert" });
const overall = make("span");
const cancelsAll = linkButton("cancel-all", t("Cancel all"));
const overallLine = make("p", { className: "cw-note cw-overall" });
const overallBar = make("progress", { max: 1, "aria-label": t("Progress of all files") });
const moreLine = make("p", { className: "cw-note" });
const leftOutLine = make("p", { className: "cw-note" });
const forgets = linkButton("forget", t("Clear this list"));
/** @type {HTMLElement} says how far all files are, to screen readers: the list itself would be read out at each change */
let said;
/** @type {{ refresh: () => Promise<void>, refreshSoon: () => void }} */
let pane;
/** @type {Upload[]} */
let uploads = [];
let maxBytes = Infinity;
/** @type {Set<string>} endings of the names of files that are read */
let suffixes = new Set();
let leftOut = 0;
/** What went wrong last; it is said until something else is tried. */
let failure = "";
/** The part of all files that is done: it only grows, until nothing comes in any more. */
let doneShare = 0;

/**
 * @param {HTMLElement} element
 * @param {typeof pane} refreshing
 */
export function mountUploads(element, refreshing) {
  pane = refreshing;
  progress = query(element, "#cw-progress", HTMLElement);
  said = query(element, "#cw-progress-said", HTMLElement);
  const changed = () => {
    drawUploads();
    pane.refreshSoon();
  };
  watchSending({ changed, progressed: drawUploads, ended: pane.refresh });
  const dropZone = query(element, ".cw-drop", HTMLElement);
  for (const input of dropZone.querySelectorAll("input")) {
    input.disabled = false;
    input.addEventListener("change", async () => {
      const files = [...(input.files ?? [])];
      input.value = "";
      await loadLimits();
      send(input.webkitdirectory ? chosenFolder(files, isReadable) : plain(files));
    });
  }
  for (const name of ["dragenter", "dragover"]) {
    element.addEventListener(name, (event) => {
      if (!(event instanceof DragEvent) || isOurs(event)) return;
      event.preventDefault();
      dropZone.classList.add("cw-over");
    });
  }
  for (const name of ["dragleave", "drop"]) {
    element.addEventListener(name, () => dropZone.classList.remove("cw-over"));
  }
  element.addEventListener("drop", async (event) => {
    if (isOurs(event)) return;
    event.preventDefault();
    try {
      if (event.dataTransfer) send(await droppedFiles(event.dataTransfer, loadLimits, isReadable));
    } catch (error) {
      showError(new Error(t("What was dropped cannot be read by the browser: {reason}", { reason: messageOf(error) })));
    }
  });
  progress.addEventListener("submit", (event) => {
    const opened = unlockWith(event);
    if (opened) attempt(sendJson("POST", `uploads/${opened.id}`, { password: opened.password }));
  });
  progress.addEventListener("click", (event) => {
    if (closest(event, "button[data-do=forget]")) clearFinished();
    if (closest(event, "button[data-do=cancel-all]")) cancelAll();
    const cancel = closest(event, "button[data-do=cancel]");
    if (cancel instanceof HTMLButtonElement && cancel.value) {
      attempt(request(`uploads/${cancel.value}`, { method: "DELETE" }));
    }
  });
}

/**
 * Say whether documents of the list are dragged, and no files.
 * @param {DragEvent} event
 */
function isOurs(event) {
  return event.dataTransfer?.types.includes(DRAGGED) ?? false;
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
  return isWaiting || unsent().some(({ error }) => !error);
}

/** @param {unknown} error */
export function showError(error) {
  failure = messageOf(error);
  problem.remove(); // the same words are read out again
  drawUploads();
}

// Requests

/** @param {Dropped} dropped */
function send(dropped) {
  leftOut += dropped.leftOut;
  failure = "";
  sendFiles(dropped.found, sizeError);
}

/**
 * Check the size before gigabytes are sent in vain; the server does not rely on it.
 * @param {File} file
 */
function sizeError(file) {
  if (file.size <= maxBytes) return "";
  return t("the file is larger than the limit of {size} MB (setting max_file_mb)", { size: maxBytes / 1e6 });
}

async function clearFinished() {
  forgetUnsent();
  leftOut = 0;
  await attempt(request("uploads", { method: "DELETE" }));
}

async function cancelAll() {
  callBack(unsent());
  await attempt(request("uploads/all", { method: "DELETE" }));
}

/**
 * Wait for a change on the server and show what came of it.
 * @param {Promise<unknown>} sent
 */
export async function attempt(sent) {
  failure = "";
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
  const state = shown.length ? summary(shown) : "";
  keepChildren(progress, [...above(shown, state), ...uploadLists(shown.slice(0, MOST_ROWS)), ...below(shown)]);
  forgetForms(uploads);
  restoreFocus(focused, progress);
  setText(said, state);
  offerScrolling();
}

/**
 * Return what stands above the lists: what went wrong, and how far all are.
 * @param {Shown[]} shown
 * @param {string} state
 */
function above(shown, state) {
  const coming = shown.filter(isComing);
  doneShare = coming.length ? Math.max(doneShare, overallShare(shown)) : 0;
  setText(problem, failure);
  setText(overall, state);
  overallBar.value = doneShare;
  keepChildren(overallLine, coming.length ? [overall, cancelsAll] : [overall]);
  const all = shown.length >= SUMMARISED_FROM ? [overallLine, ...(coming.length ? [overallBar] : [])] : [];
  return [...(failure ? [problem] : []), ...all];
}

/**
 * Return what stands below them: how many are not listed, and how to clear the list.
 * @param {Shown[]} shown
 */
function below(shown) {
  const more = shown.length - MOST_ROWS;
  setText(moreLine, tn("and {number} more", "and {number} more", more));
  const text = tn(
    "{number} file of the folder was left out: Citewell does not read this format.",
    "{number} files of the folder were left out: Citewell does not read this format.",
    leftOut,
  );
  const most = t("At most {number} files are taken at once.", { number: MAX_FILES });
  setText(leftOutLine, shown.length < MAX_FILES ? text : `${text} ${most}`);
  const canForget = leftOut || shown.some((each) => !isComing(each));
  return [...(more > 0 ? [moreLine] : []), ...(leftOut ? [leftOutLine] : []), ...(canForget ? [forgets] : [])];
}

/** @param {Shown[]} shown */
function overallShare(shown) {
  const done = shown.map((each) => (isComing(each) ? (each.share ?? 0) : 1));
  return done.reduce((sum, share) => sum + share, 0) / done.length;
}

function shownUploads() {
  /** @type {Shown[]} */
  const coming = unsent().map((each) => ({
    name: each.name,
    state: each.error ? "failed" : "waiting",
    doing: describeSending(each),
    text: each.error,
    unsent: each,
  }));
  const rank = (/** @type {Shown} */ { state }) => STATE_ORDER.indexOf(state);
  return [...uploads, ...coming].sort((one, other) => rank(one) - rank(other));
}

/** @param {Shown[]} shown */
function summary(shown) {
  const count = (/** @type {UploadState[]} */ ...states) => shown.filter(({ state }) => states.includes(state)).length;
  const counts = { ready: count("ready"), failed: count("failed"), locked: count("locked") };
  const left = count("waiting", "working");
  return counts.locked
    ? t("{ready} ready, {failed} failed, {locked} locked, {left} to go", { ...counts, left })
    : t("{ready} ready, {failed} failed, {left} to go", { ...counts, left });
}
