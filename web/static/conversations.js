// @ts-check
// The conversations pane: list, search, open, rename, delete, export.

import { messageOf, request, sendJson } from "./api.js";
import { currentId, openConversation, urlOf, watch } from "./current-conversation.js";
import { closest, make, openDialog, query } from "./dom.js";

const EXPORT_FORMATS = { html: "HTML", md: "Markdown", json: "JSON" };
const TYPING_PAUSE_MS = 200;
const POLL_MS = 1000;
/** @type {HTMLInputElement} */
let search;
/** @type {HTMLElement} */
let list;
/** @type {HTMLDialogElement} */
let dialog;
/** @type {number | undefined} */
let timer;
let latestRequest = 0;

/** @param {HTMLElement} element */
export function mount(element) {
  search = query(element, ".cw-search", HTMLInputElement);
  list = query(element, ".cw-conversations", HTMLElement);
  dialog = query(element, "dialog", HTMLDialogElement);
  search.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(refresh, TYPING_PAUSE_MS);
  });
  element.addEventListener("click", handleClick);
  watch(refresh);
}

async function refresh() {
  clearTimeout(timer);
  const text = search.value;
  const thisRequest = ++latestRequest;
  try {
    /** @type {{ conversations: ConversationSummary[] }} */
    const { conversations } = await request(`conversations?text=${encodeURIComponent(text)}`);
    if (thisRequest !== latestRequest) return;
    if (conversations.length) list.replaceChildren(...conversations.map(row));
    else list.replaceChildren(make("li", { className: "cw-note" }, emptyNote(text)));
    if (conversations.some((each) => each.running)) timer = setTimeout(refresh, POLL_MS);
  } catch (error) {
    list.replaceChildren(errorRow(error));
  }
}

/** @param {string} text */
function emptyNote(text) {
  if (text) return "No conversation has that in its name, a question or an answer.";
  return "None yet: they are kept as you ask.";
}

/** @param {unknown} error */
function errorRow(error) {
  return make("li", { className: "cw-error" }, messageOf(error));
}

/** @param {ConversationSummary} conversation */
function row(conversation) {
  const { id, name, answers } = conversation;
  const attributes = { href: urlOf(id), className: "cw-talk", "data-do": "open", "data-id": id };
  const link = make("a", attributes, name || "Without a name");
  const isCurrent = id === currentId();
  if (isCurrent) link.setAttribute("aria-current", "true");
  const named = make(
    "span",
    { className: "cw-named" },
    link,
    make("span", { className: "cw-meta" }, summary(conversation)),
  );
  if (isCurrent && answers) named.append(exportLinks(id));
  const rename = iconButton(conversation, "rename", "✎", "Rename");
  return make("li", {}, named, rename, iconButton(conversation, "delete", "✕", "Delete"));
}

/** @param {ConversationSummary} conversation */
function summary({ answers, running, updated_at }) {
  const count = `${answers} ${answers === 1 ? "answer" : "answers"}`;
  if (running) return `${count}, one being written …`;
  return `${count}, ${new Date(updated_at).toLocaleString([], { dateStyle: "medium", timeStyle: "short" })}`;
}

/** @param {string} id */
function exportLinks(id) {
  const links = Object.entries(EXPORT_FORMATS).map(([format, title]) => {
    const url = new URL(`citewell/conversations/${id}/file?form=${format}`, document.baseURI);
    return make("a", { href: url.href, download: "", className: "cw-link" }, title);
  });
  const separated = links.flatMap((link, index) => (index ? [" · ", link] : [link]));
  return make("span", { className: "cw-exports" }, "Export: ", ...separated);
}

/**
 * @param {ConversationSummary} conversation
 * @param {string} action
 * @param {string} icon
 * @param {string} title
 */
function iconButton({ id, name }, action, icon, title) {
  const attributes = {
    type: "button",
    className: "cw-icon",
    "data-do": action,
    "data-id": id,
    "data-name": name,
    title,
  };
  const button = make("button", attributes, icon);
  button.setAttribute("aria-label", `${title} ${name}`);
  return button;
}

/** @param {MouseEvent} event */
function handleClick(event) {
  const found = closest(event, "[data-do]");
  if (!found || event.ctrlKey || event.metaKey || event.shiftKey) return; // modified clicks open other tabs
  const { id = "", name = "" } = found.dataset;
  if (found.dataset.do === "open") {
    event.preventDefault();
    openConversation(id);
  } else if (found.dataset.do === "rename") {
    ask("Name of this conversation", "Rename", name, (input) =>
      change(() => sendJson("PATCH", `conversations/${id}`, { name: input })),
    );
  } else if (found.dataset.do === "delete") {
    ask(`Delete “${name}” with all its questions and answers? This cannot be undone.`, "Delete", null, async () => {
      await change(() => request(`conversations/${id}`, { method: "DELETE" }));
      if (id === currentId()) openConversation("");
    });
  }
}

/** @param {() => Promise<unknown>} send */
async function change(send) {
  try {
    await send();
  } catch (error) {
    list.prepend(errorRow(error));
    return;
  }
  await refresh();
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
