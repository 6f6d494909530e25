// @ts-check
// The list of documents: by collection, with what is asked, moving and removing.

import { messageOf, request, sendJson } from "./api.js";
import { closest, make, openDialog, query } from "./dom.js";
import { filterDocuments, mountFacets } from "./facets.js";
import { editFacts, mountFacts } from "./facts.js";
import { forgetDocument, isExcluded, setExcluded } from "./selection.js";
import { attempt } from "./uploads.js";

/** @type {SourceDocument[]} */
let documents = [];
/** @type {SourceDocument[]} those that the filter leaves */
let shown = [];
/** @type {HTMLElement} */
let list;
/** @type {HTMLDialogElement} */
let dialog;

/** @param {HTMLElement} element */
export function mountDocuments(element) {
  list = query(element, "#cw-documents", HTMLElement);
  dialog = query(element, "#cw-dialog", HTMLDialogElement);
  list.addEventListener("change", handleChange);
  list.addEventListener("click", handleClick);
  mountFacets(element, drawDocuments);
  mountFacts(element);
}

/**
 * Take over the latest documents, and return whether any was added, replaced or removed.
 * @param {SourceDocument[]} latest
 */
export function setDocuments(latest) {
  const before = versions();
  documents = latest;
  drawDocuments();
  return versions() !== before;
}

function versions() {
  return documents.map(({ id, version }) => `${id} ${version}`).join();
}

/** @param {unknown} error */
export function showLoadError(error) {
  list.replaceChildren(make("p", { className: "cw-error" }, messageOf(error)));
}

// Drawing

export function drawDocuments() {
  shown = filterDocuments(documents);
  if (!documents.length) {
    list.replaceChildren(make("p", { className: "cw-note" }, "No documents yet. Add some above."));
    return;
  }
  const active = document.activeElement;
  const focusedKey = active instanceof HTMLElement && list.contains(active) ? active.dataset.key : null;
  /** @type {Map<string, SourceDocument[]>} */
  const collections = new Map();
  for (const each of shown) collections.set(each.collection, [...(collections.get(each.collection) ?? []), each]);
  const sorted = [...collections].sort(([one], [other]) => (one < other ? -1 : 1));
  list.replaceChildren(...sorted.map(([name, members]) => group(name, members, sorted.length > 1)));
  const focused = focusedKey && list.querySelector(`[data-key="${focusedKey}"]`);
  if (focused instanceof HTMLElement) focused.focus();
}

/**
 * @param {string} collection
 * @param {SourceDocument[]} members
 * @param {boolean} hasOthers
 */
function group(collection, members, hasOthers) {
  const asked = members.filter(({ id }) => !isExcluded(id)).length;
  const attributes = { type: "checkbox", checked: asked > 0, "data-group": collection, "data-key": `g${collection}` };
  const box = make("input", attributes);
  box.indeterminate = asked > 0 && asked < members.length;
  const all = shown.length < documents.length ? "Of this choice" : "All documents";
  const title = collection || (hasOthers ? "In no collection" : all);
  const head = make("label", { className: "cw-all" }, box, ` ${title} (${asked} of ${members.length} asked)`);
  const rows = make("ul", { className: "cw-docs" }, ...members.map(row));
  return make("div", { role: "group", "aria-label": title }, head, rows);
}

/** @param {SourceDocument} source */
function row({ id, name, extent, notes, about, lost, address }) {
  const box = make("input", { type: "checkbox", checked: !isExcluded(id), value: id, "data-key": `c${id}` });
  box.setAttribute("aria-label", `Ask ${name}`);
  const attributes = {
    type: "button",
    className: "cw-link cw-open cw-doc",
    value: `${id}:1:0:0:`,
    "data-key": `o${id}`,
  };
  const open = make("button", attributes, name);
  const named = make("span", { className: "cw-named" }, open, make("span", { className: "cw-meta" }, extent));
  if (about) named.append(make("span", { className: "cw-meta cw-about", title: about }, about));
  if (address) {
    const link = { href: address, target: "_blank", rel: "noopener noreferrer", className: "cw-link cw-meta" };
    named.append(make("a", { ...link, title: address }, "on the web ↗"));
  }
  if (lost) named.append(make("span", { className: "cw-meta" }, "Read by an earlier version; its file is gone"));
  for (const note of notes) named.append(make("span", { className: "cw-meta cw-doubt" }, note));
  const refresh = address ? [iconButton(id, "refresh", "↻", "Refresh", `Refresh ${name}`)] : [];
  const move = iconButton(id, "move", "⇄", "Collection", `Collection of ${name}`);
  const edit = iconButton(id, "facts", "✎", "What it is", `What ${name} is`);
  const remove = iconButton(id, "remove", "✕", "Remove", `Remove ${name}`);
  return make("li", {}, box, named, ...refresh, edit, move, remove);
}

/**
 * @param {number} id
 * @param {string} action
 * @param {string} icon
 * @param {string} title
 * @param {string} label
 */
function iconButton(id, action, icon, title, label) {
  const button = make("button", { type: "button", className: "cw-icon", "data-do": action, value: id, title }, icon);
  button.setAttribute("aria-label", label);
  return button;
}

// Events

/** @param {Event} event */
function handleChange(event) {
  const box = event.target;
  if (!(box instanceof HTMLInputElement) || box.type !== "checkbox") return;
  const collection = box.dataset.group;
  const members = shown.filter((each) => each.collection === collection).map(({ id }) => id);
  setExcluded(collection === undefined ? [Number(box.value)] : members, !box.checked);
  drawDocuments();
}

/** @param {MouseEvent} event */
function handleClick(event) {
  const button = closest(event, "button[data-do]");
  if (!(button instanceof HTMLButtonElement)) return;
  const found = documents.find(({ id }) => id === Number(button.value));
  if (found && button.dataset.do === "remove") confirmRemoval(found);
  if (found && button.dataset.do === "facts") editFacts(found);
  if (found && button.dataset.do === "move") askCollection(found);
  if (found && button.dataset.do === "refresh") attempt(request(`sources/${found.id}/refresh`, { method: "POST" }));
}

/** @param {SourceDocument} source */
function confirmRemoval({ id, name }) {
  const text = `Remove “${name}” from the library? Its text, its index entries and the uploaded file are deleted, and kept answers lose what they say and quote of it.`;
  ask(text, "Remove", false, () => {
    forgetDocument(id);
    attempt(request(`sources/${id}`, { method: "DELETE" }));
  });
}

/** @param {SourceDocument} source */
function askCollection({ id, name, collection }) {
  const input = query(dialog, "input", HTMLInputElement);
  const names = [...new Set(documents.map((each) => each.collection).filter(Boolean))];
  const suggestions = names.map((each) => make("option", { value: each }));
  query(dialog, "datalist", HTMLDataListElement).replaceChildren(...suggestions);
  input.value = collection;
  ask(`Collection of “${name}”; leave it empty for none.`, "Move", true, () =>
    attempt(sendJson("PATCH", `sources/${id}`, { collection: input.value })),
  );
}

/**
 * @param {string} text
 * @param {string} verb label of the button that confirms
 * @param {boolean} withCollection show the field for a collection's name
 * @param {() => void} onOk
 */
function ask(text, verb, withCollection, onOk) {
  query(dialog, "#cw-dialog-text", HTMLElement).textContent = text;
  query(dialog, ".cw-primary", HTMLElement).textContent = verb;
  query(dialog, ".cw-collection", HTMLElement).hidden = !withCollection;
  openDialog(dialog, onOk);
}
