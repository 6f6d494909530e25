// @ts-check
// Folders of the machine that the library follows: their states, a sync on demand, adding and letting go.

import { messageOf, request, sendJson } from "../api.js";
import { closest, make, query } from "../dom.js";
import { icon, iconButton } from "../page/icons.js";
import { t } from "../page/messages.js";

const BUSY_MS = 700;
const IDLE_MS = 15000;
const STATE_WORDS = {
  waiting: t("waiting"),
  reading: t("reading"),
  watching: t("followed"),
  absent: t("not there"),
  failed: t("failed"),
};
/** @type {HTMLElement} */
let pane;
/** @type {() => Promise<void>} */
let documentsChanged;
/** @type {WatchedFolder[]} */
let folders = [];
/** @type {number | undefined} */
let timer;

/**
 * @param {HTMLElement} element
 * @param {() => Promise<void>} onDocumentsChanged
 */
export async function mountFolders(element, onDocumentsChanged) {
  pane = query(element, "#cw-folders", HTMLElement);
  documentsChanged = onDocumentsChanged;
  pane.addEventListener("submit", add);
  pane.addEventListener("click", handleClick);
  /** @type {{ folders: WatchedFolder[] | null }} */
  const listed = await request("folders").catch(() => ({ folders: null }));
  if (!listed.folders) return; // signed in: the folders are on somebody else's machine
  pane.hidden = false;
  folders = listed.folders; // the documents are being listed anyway
  draw();
  schedule();
}

async function refresh() {
  clearTimeout(timer);
  try {
    /** @type {{ folders: WatchedFolder[] | null }} */
    const listed = await request("folders");
    await take(listed.folders ?? []);
  } catch {
    timer = setTimeout(refresh, IDLE_MS); // the app may be restarting
  }
}

/** @param {WatchedFolder[]} latest */
async function take(latest) {
  const isNew = JSON.stringify(latest) !== JSON.stringify(folders);
  folders = latest;
  schedule();
  if (!isNew) return;
  draw();
  await documentsChanged();
}

function schedule() {
  clearTimeout(timer);
  const isBusy = folders.some(({ state }) => state === "waiting" || state === "reading");
  if (folders.length) timer = setTimeout(refresh, isBusy ? BUSY_MS : IDLE_MS);
}

function draw() {
  query(pane, "ul", HTMLElement).replaceChildren(...folders.map(row));
}

/** @param {WatchedFolder} folder */
function row({ path, state, text }) {
  const place = make("span", {}, path);
  const now = make("span", { className: "cw-meta" }, `${STATE_WORDS[state]}${text ? `: ${text}` : ""}`);
  const named = make("span", { className: "cw-named" }, place, now);
  const sync = button("sync", "refresh-cw", t("Sync now"), path);
  return make("li", {}, icon("folder"), named, sync, button("leave", "x", t("Stop following"), path));
}

/**
 * @param {string} action
 * @param {string} shape
 * @param {string} title
 * @param {string} path
 */
function button(action, shape, title, path) {
  return iconButton(shape, `${title}: ${path}`, { title, value: path, "data-do": action });
}

/** @param {SubmitEvent} event */
async function add(event) {
  event.preventDefault();
  const field = query(pane, "input", HTMLInputElement);
  const path = field.value.trim();
  if (path && (await attempt(sendJson("POST", "folders", { path })))) field.value = "";
}

/** @param {MouseEvent} event */
function handleClick(event) {
  const pressed = closest(event, "button[data-do]");
  if (!(pressed instanceof HTMLButtonElement)) return;
  const path = pressed.value;
  if (pressed.dataset.do === "sync") attempt(sendJson("POST", "folders/sync", { path }));
  if (pressed.dataset.do === "leave") attempt(sendJson("DELETE", "folders", { path }));
}

/** @param {Promise<unknown>} sent */
async function attempt(sent) {
  const failure = query(pane, ".cw-error", HTMLElement);
  failure.textContent = "";
  try {
    await sent;
  } catch (error) {
    failure.textContent = messageOf(error);
    return false;
  }
  await refresh();
  return true;
}
