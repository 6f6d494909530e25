// @ts-check
// The list of documents: by collection, with what is asked of, and what can be done with each.

import { messageOf, request } from "./api.js";
import { closest, keepChildren, make, query, queryAll } from "./dom.js";
import { showScope } from "./page/composer.js";
import { iconButton } from "./page/icons.js";
import { recallJson, remember } from "./page/memory.js";
import { collectionControls } from "./sources/shared-collections.js";
import { chosenIds, drawChoice, extendChoice, handleChoosing, mountChoice } from "./sources/choice.js";
import { documentRow } from "./sources/document-row.js";
import { mountDragging } from "./sources/dragging.js";
import { filterDocuments, isAskedOf, mountFacets } from "./sources/facets.js";
import { editFacts } from "./sources/facts.js";
import { allSources, byCollection, placeOf, sourceOf, takeSources } from "./sources/known-sources.js";
import { drawWindow, mountWindow, pin, reveal, setParts } from "./sources/list-window.js";
import { askCollection, confirmRemoval } from "./sources/move-and-remove.js";
import { keyed, mountRoving, restoreStop, revealRow } from "./sources/roving.js";
import { isExcluded, isKnown, setExcluded } from "./sources/selection.js";
import { attempt } from "./uploads.js";
import { t } from "./page/messages.js";

/** @type {SourceDocument[]} those that the filter leaves */
let shown = [];
/** @type {[place: string, members: SourceDocument[]][]} */
let places = [];
/** @type {Set<number>} those of which everything is shown, not the name only */
const opened = new Set();
const FOLDED = "citewell-folded";
const stored = recallJson(FOLDED);
/** @type {Set<string>} collections whose documents are put away, in this browser */
const folded = new Set(Array.isArray(stored) ? stored : []);
/** @type {HTMLElement} */
let list;

/** @param {HTMLElement} element */
export function mountDocuments(element) {
  list = query(element, "#cw-documents", HTMLElement);
  list.addEventListener("change", handleChange);
  list.addEventListener("click", handleClick);
  list.addEventListener("focusin", (event) => {
    const row = closest(event, "[data-row]")?.dataset.row ?? "";
    pin("stop", row.startsWith("d") ? Number(row.slice(1)) : 0);
  });
  mountWindow(element, query(element, "#cw-sift", HTMLElement), keptRow);
  mountRoving(list, { order, reveal: revealAny, extend });
  mountFacets(element, drawDocuments);
  mountChoice(element, { redraw: drawDocuments, shown: () => shown, inOrder });
  mountDragging(element);
}

/**
 * Take over the latest documents, and return whether any was added, replaced or removed.
 * @param {ListedDocument[]} latest
 */
export function setDocuments(latest) {
  const isNew = takeSources(latest);
  drawDocuments();
  return isNew;
}

/** @param {unknown} error */
export function showLoadError(error) {
  setParts([]);
  list.replaceChildren(make("p", { className: "cw-error" }, messageOf(error)));
}

// Drawing

/** @type {Map<string, HTMLElement>} by collection */
const groups = new Map();
/** @type {Map<number, { state: string, element: HTMLElement }>} of those that are drawn */
const rowsById = new Map();

export function drawDocuments() {
  const all = allSources();
  shown = filterDocuments(all);
  drawChoice();
  showScope(all.filter((each) => isAskedOf(each) && !isExcluded(each.id)).length, all.length);
  for (const id of rowsById.keys()) if (!sourceOf(id)) rowsById.delete(id);
  if (!shown.length) {
    setParts([]);
    const text = all.length ? t("No document matches.") : t("No documents yet. Add some above.");
    list.replaceChildren(make("p", { className: "cw-note" }, text));
    return;
  }
  const active = document.activeElement;
  const focusedKey = active instanceof HTMLElement && list.contains(active) ? active.dataset.key : undefined;
  places = byCollection(shown);
  keepChildren(
    list,
    places.map(([name, members]) => group(name, members)),
  );
  setParts(
    places.map(([name, members]) => ({
      list: query(/** @type {HTMLElement} */ (groups.get(name)), "ul.cw-docs", HTMLElement),
      sources: folded.has(name) ? [] : members,
    })),
  );
  restoreStop(list);
  const focused = keyed(list, focusedKey);
  if (focused !== document.activeElement) focused?.focus({ preventScroll: true });
}

/**
 * @param {string} place
 * @param {SourceDocument[]} members
 */
function group(place, members) {
  const all = shown.length < allSources().length ? t("Matching documents") : t("All documents");
  const title = place || (places.length > 1 ? t("In no collection") : all);
  const drawn = groups.get(place) ?? make("div", { role: "group" }, make("ul", { className: "cw-docs" }));
  groups.set(place, drawn);
  drawn.setAttribute("aria-label", title);
  const first = members[0];
  if (first && !first.owner) drawn.dataset.collection = first.collection;
  const rows = query(drawn, "ul.cw-docs", HTMLElement);
  for (const each of [...drawn.children]) if (each !== rows) each.remove();
  rows.before(head(place, title, members));
  return drawn;
}

/**
 * @param {string} place
 * @param {string} title
 * @param {SourceDocument[]} members
 */
function head(place, title, members) {
  const asked = members.filter(({ id }) => !isExcluded(id)).length;
  const isWhole = asked === members.length;
  const box = make("input", { type: "checkbox", checked: isWhole, "data-group": place, "data-key": `g${place}` });
  box.indeterminate = asked > 0 && asked < members.length;
  box.disabled = !isKnown();
  const count = t("({asked} of {all} asked)", { asked, all: members.length });
  const label = make("label", {}, box, make("span", { className: "cw-title-of" }, ` ${title} `), count);
  const row = make("div", { className: "cw-all", "data-row": `g${place}` }, label, ...collectionControls(members[0]));
  if (places.length > 1) row.prepend(foldButton(place, title));
  return row;
}

/**
 * @param {string} place
 * @param {string} title
 */
function foldButton(place, title) {
  return iconButton("chevron-right", t("Documents of {title}", { title }), {
    className: "cw-icon cw-fold",
    "data-fold": place,
    "data-key": `f${place}`,
    "aria-expanded": !folded.has(place),
  });
}

/**
 * Return a document's row, the one that is there if nothing of it has changed: of hundreds, few change at once.
 * @param {SourceDocument} source
 */
function keptRow(source) {
  const element = rowOf(source);
  query(element, "input", HTMLInputElement).disabled = !isKnown();
  return element;
}

/** @param {SourceDocument} source */
function rowOf(source) {
  const { id } = source;
  const state = { isAsked: !isExcluded(id), isChosen: chosenIds().has(id), isOpen: opened.has(id) };
  const whole = JSON.stringify([source, state]);
  const kept = rowsById.get(id);
  if (kept?.state === whole) return kept.element;
  const element = documentRow(source, state);
  for (const each of queryAll(element, "[data-key]")) each.tabIndex = -1;
  rowsById.set(id, { state: whole, element });
  return element;
}

// Rows for the keyboard

function order() {
  return places.flatMap(([name, members]) => [
    `g${name}`,
    ...(folded.has(name) ? [] : members.map(({ id }) => `d${id}`)),
  ]);
}

function inOrder() {
  return places.flatMap(([, members]) => members.map(({ id }) => id));
}

/** @param {string} row */
function revealAny(row) {
  return row.startsWith("d") ? reveal(Number(row.slice(1))) : revealRow(list, row);
}

/**
 * @param {string} from
 * @param {string} to
 */
function extend(from, to) {
  if (from.startsWith("d") && to.startsWith("d")) extendChoice(Number(from.slice(1)), Number(to.slice(1)));
}

// Events

/** @param {Event} event */
function handleChange(event) {
  const box = event.target;
  if (!(box instanceof HTMLInputElement) || box.type !== "checkbox") return;
  const place = box.dataset.group;
  const members = shown.filter((each) => placeOf(each) === place).map(({ id }) => id);
  setExcluded(place === undefined ? [Number(box.value)] : members, !box.checked);
  drawDocuments();
}

/** @param {MouseEvent} event */
function handleClick(event) {
  if (handleChoosing(event)) return;
  const fold = closest(event, "button[data-fold]")?.dataset.fold;
  if (fold !== undefined) {
    if (!folded.delete(fold)) folded.add(fold);
    remember(FOLDED, JSON.stringify([...folded]));
    drawDocuments();
  }
  const button = closest(event, "button[data-do]");
  const found = button instanceof HTMLButtonElement && sourceOf(Number(button.value));
  if (!button || !found) return;
  if (button.dataset.do === "remove") confirmRemoval([found]);
  if (button.dataset.do === "facts") editFacts(found);
  if (button.dataset.do === "move") askCollection([found]);
  if (button.dataset.do === "more") toggleDetails(found.id, button);
  if (button.dataset.do === "refresh") attempt(request(`sources/${found.id}/refresh`, { method: "POST" }));
}

/**
 * @param {number} id
 * @param {HTMLElement} button
 */
function toggleDetails(id, button) {
  if (!opened.delete(id)) opened.add(id);
  const row = button.closest("li");
  button.setAttribute("aria-expanded", String(opened.has(id)));
  row?.toggleAttribute("data-more", opened.has(id));
  const kept = rowsById.get(id);
  if (kept) kept.state = ""; // drawn anew once something else changes
  drawWindow();
}
