// @ts-check
// The conversations pane: list, search, open, rename, delete, export.

import { messageOf, request, sendJson } from "./api.js";
import { currentId, openConversation, urlOf, watch } from "./current-conversation.js";
import { closest, keepChildren, make, openDialog, query, setText } from "./dom.js";
import { exportLinks } from "./page/export-links.js";
import { iconButton } from "./page/icons.js";
import { showName } from "./page/title.js";
import { shareConversation } from "./page/share-dialog.js";
import { keyed, mountRoving, restoreStop, revealRow } from "./sources/roving.js";
import { dated, t, tn } from "./page/messages.js";

const TYPING_PAUSE_MS = 200;
const POLL_MS = 1000;
const RETRY_MS = 5000;
/** @type {HTMLInputElement} */
let search;
/** @type {HTMLElement} */
let list;
/** @type {HTMLElement} */
let problem;
/** What could not be done; it is said until something else is. */
let failure = "";
/** @type {HTMLDialogElement} */
let dialog;
/** @type {number | undefined} */
let timer;
let latestRequest = 0;
let isAwaited = false;
/** @type {Map<string, HTMLElement>} the rows that are shown, by all that is drawn in them */
let rows = new Map();
/** @type {string[]} their ids, as they are listed */
let order = [];
/** @type {HTMLElement | undefined} the conversations that others share with the user, below their own */
let sharedPane;

/** @param {HTMLElement} element */
export function mount(element) {
  search = query(element, ".cw-search", HTMLInputElement);
  list = query(element, ".cw-conversations", HTMLElement);
  problem = query(element, "[role=alert]", HTMLElement);
  dialog = query(element, "dialog", HTMLDialogElement);
  search.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(refresh, TYPING_PAUSE_MS);
  });
  element.addEventListener("click", handleClick);
  mountRoving(list, { order: () => order, reveal: (row) => revealRow(list, row) });
  watch(refresh);
}

async function refresh() {
  clearTimeout(timer);
  drawSharedWithMe();
  const text = search.value;
  const thisRequest = ++latestRequest;
  try {
    /** @type {{ conversations: ConversationSummary[] }} */
    const { conversations } = await request(`conversations?text=${encodeURIComponent(text)}`);
    if (thisRequest !== latestRequest) return;
    showName(conversations);
    if (conversations.length) drawRows(conversations);
    else list.replaceChildren(make("li", { className: "cw-note" }, emptyNote(text)));
    setText(problem, failure);
    isAwaited = conversations.some((each) => each.running);
    if (isAwaited) timer = setTimeout(refresh, POLL_MS);
  } catch (error) {
    if (thisRequest !== latestRequest) return;
    setText(problem, messageOf(error));
    if (isAwaited) timer = setTimeout(refresh, RETRY_MS);
  }
}

/**
 * Draw only what has changed: a click is lost, and so is the focus, where a row is replaced under it.
 * @param {ConversationSummary[]} conversations
 */
function drawRows(conversations) {
  /** @type {[string, ConversationSummary][]} */
  const pairs = conversations.map((each) => [JSON.stringify([each, each.id === currentId(), summary(each)]), each]);
  rows = new Map(pairs.map(([key, each]) => [key, rows.get(key) ?? row(each)]));
  const focused = list.contains(document.activeElement) ? document.activeElement : null;
  keepChildren(list, [...rows.values()]);
  order = conversations.map(({ id }) => id);
  restoreStop(list);
  if (!(focused instanceof HTMLElement) || focused.isConnected) return;
  keyed(list, focused.dataset.key)?.focus({ preventScroll: true });
}

async function drawSharedWithMe() {
  /** @type {Shares | null} */
  const shares = await request("shares").catch(() => null); // the list above says what is wrong
  const conversations = shares?.with_me.conversations ?? [];
  const rows = conversations.map(({ id, name, owner }) => {
    const href = new URL(`citewell/shared/${encodeURIComponent(id)}`, document.baseURI).href;
    const link = make("a", { href, target: "_blank", className: "cw-talk", dir: "auto" }, name || t("Without a name"));
    const byline = make("span", { className: "cw-meta", dir: "auto" }, t("by {owner}", { owner }));
    return make("li", {}, make("span", { className: "cw-named" }, link, byline));
  });
  sharedPane?.remove();
  sharedPane = undefined;
  if (!rows.length) return;
  const heading = make("h3", { className: "cw-shared-head" }, t("Shared with you"));
  sharedPane = make("div", { role: "group", "aria-label": t("Shared with you") }, heading);
  sharedPane.append(make("ul", { className: "cw-docs" }, ...rows));
  list.after(sharedPane);
}

/** @param {string} text */
function emptyNote(text) {
  if (text) return t("No conversation has that in its name, a question or an answer.");
  return t("None yet: they are kept as you ask.");
}

/** @param {ConversationSummary} conversation */
function row(conversation) {
  const { id, name, answers } = conversation;
  const attributes = { href: urlOf(id), className: "cw-talk", dir: "auto", title: name };
  const data = { "data-do": "open", "data-id": id, "data-key": `open${id}` };
  const link = make("a", { ...attributes, ...data }, name || t("Without a name"));
  const isCurrent = id === currentId();
  if (isCurrent) link.setAttribute("aria-current", "true");
  const state = make("span", { className: "cw-meta" }, summary(conversation));
  const named = make("span", { className: "cw-named" }, link, state);
  if (isCurrent && answers) {
    const links = exportLinks(`conversations/${id}/file`).flatMap((link, index) => (index ? [" · ", link] : [link]));
    named.append(make("span", { className: "cw-exports" }, t("Export:"), " ", ...links));
  }
  const rename = tool(conversation, "rename", "pencil", t("Rename"), t("Rename {name}", { name }));
  const share = tool(conversation, "share", "share-2", t("Share"), t("Share {name}", { name }));
  share.classList.add("cw-share");
  const remove = tool(conversation, "delete", "trash-2", t("Delete"), t("Delete {name}", { name }));
  return make("li", { "data-row": id }, named, make("span", { className: "cw-actions" }, share, rename, remove));
}

/** @param {ConversationSummary} conversation */
function summary({ answers, running, updated_at }) {
  if (running) return tn("{number} answer, one being written …", "{number} answers, one being written …", answers);
  return tn("{number} answer, {time}", "{number} answers, {time}", answers, { time: dated(updated_at) });
}

/**
 * @param {ConversationSummary} conversation
 * @param {string} action
 * @param {string} shape
 * @param {string} title
 * @param {string} label
 */
function tool({ id, name }, action, shape, title, label) {
  const data = { "data-do": action, "data-id": id, "data-name": name, "data-key": `${action}${id}` };
  return iconButton(shape, label, { title, ...data });
}

/** @param {MouseEvent} event */
function handleClick(event) {
  const found = closest(event, "[data-do]");
  if (!found || event.ctrlKey || event.metaKey || event.shiftKey) return; // modified clicks open other tabs
  const { id = "", name = "" } = found.dataset;
  if (found.dataset.do === "open") {
    event.preventDefault();
    openConversation(id);
    document.dispatchEvent(new CustomEvent("cw-show", { detail: "chat" })); // a narrow screen shows one pane
  } else if (found.dataset.do === "share") {
    shareConversation(id, name);
  } else if (found.dataset.do === "rename") {
    ask(t("Name of this conversation"), t("Rename"), name, (input) =>
      change(() => sendJson("PATCH", `conversations/${id}`, { name: input })),
    );
  } else if (found.dataset.do === "delete") {
    const text = t("Delete “{name}” with all its questions and answers? This cannot be undone.", { name });
    ask(text, t("Delete"), null, async () => {
      const isGone = await change(() => request(`conversations/${id}`, { method: "DELETE" }));
      if (isGone && id === currentId()) openConversation("");
    });
  }
}

/**
 * Say whether a change could be made, and show what has come of it.
 * @param {() => Promise<unknown>} send
 */
async function change(send) {
  failure = "";
  setText(problem, "");
  try {
    await send();
  } catch (error) {
    failure = messageOf(error);
    setText(problem, failure);
    return false;
  }
  await refresh();
  return true;
}

/**
 * @param {string} text
 * @param {string} verb label of the button that confirms
 * @param {string | null} value shown in the input; null: without an input
 * @param {(input: string) => void} onOk
 */
function ask(text, verb, value, onOk) {
  const input = query(dialog, "input", HTMLInputElement);
  query(dialog, "label span", HTMLElement).textContent = text;
  query(dialog, ".cw-primary", HTMLElement).textContent = verb;
  input.hidden = value === null;
  input.disabled = value === null;
  input.value = value ?? "";
  openDialog(dialog, () => onOk(input.value));
}
