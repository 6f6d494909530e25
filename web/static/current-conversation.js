// @ts-check
// The conversation open in this tab. Its id is in the address, so that reloads, the history and links keep it.

const NONE = "-"; // sent by the server when the tab's conversation is not stored (any more)

/**
 * Called with the open conversation's id when it changes or has another answer. `isNavigation` is false if the tab
 * stayed where it was: a new conversation got its id, or the open one has another answer.
 * @typedef {(id: string, isNavigation: boolean) => void} Watcher
 */

/** @type {Watcher[]} */
const watchers = [];
/** @type {ConversationSettings | null} settings changed in this tab; null: the stored ones hold */
let settings = null;
/** How many conversations the tab has turned to: the server's answers tell which one they are for. */
let turn = 0;
/** @type {(() => void) | null} has the server load the conversation in the address; null until Gradio has mounted it */
let reload = null;
let isReloadDue = false;

/** @param {() => void} callback */
export function setReload(callback) {
  reload = callback;
  if (isReloadDue) reload();
}

export function currentId() {
  return new URLSearchParams(location.search).get("c") ?? "";
}

export function currentTurn() {
  return turn;
}

export function currentSettings() {
  return settings;
}

/** @param {ConversationSettings} values */
export function setSettings(values) {
  settings = values;
}

/** @param {Watcher} watcher */
export function watch(watcher) {
  watchers.push(watcher);
  watcher(currentId(), true);
}

/**
 * Take over the id under which the server stores the tab's conversation, unless the tab has turned to another one.
 * @param {string} opened the turn and the id, which may be ""
 */
export function setConversation(opened) {
  const [ofTurn, id] = opened.split(" ");
  if (!id || Number(ofTurn) !== turn) return;
  const stored = id === NONE ? "" : id;
  if (stored === currentId()) return;
  history.replaceState(null, "", urlOf(stored));
  notify(false);
}

export function conversationUpdated() {
  notify(false);
}

/**
 * Open a conversation; "" for a new one.
 * @param {string} id
 */
export function openConversation(id) {
  history.pushState(null, "", urlOf(id));
  navigated();
}

/** @param {string} id */
export function urlOf(id) {
  return id ? `?c=${encodeURIComponent(id)}` : location.pathname;
}

addEventListener("popstate", navigated);

function navigated() {
  turn++;
  settings = currentId() ? null : {};
  if (!currentId()) delete document.documentElement.dataset.opening;
  if (reload) reload();
  else isReloadDue = true;
  notify(true);
}

/** @param {boolean} isNavigation */
function notify(isNavigation) {
  for (const watcher of watchers) watcher(currentId(), isNavigation);
}
