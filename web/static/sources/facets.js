// @ts-check
// What narrows the list: words of a name, the state, and what the documents are. Kind, year, language and collection
// narrow what is asked as well; the others only find.

import { make, query } from "../dom.js";
import { needsAttention } from "./document-row.js";
import { setFiltered } from "./selection.js";
import { folded, t } from "../page/messages.js";

/** @typedef {{ key: string, title: string, of: (source: SourceDocument) => string[], asks?: boolean }} Facet */

/** @type {Facet[]} */
const FACETS = [
  { key: "collection", title: t("Collections"), of: ({ collection }) => [collection], asks: true },
  { key: "kind", title: t("Kind"), of: ({ kind }) => [kind], asks: true },
  { key: "year", title: t("Year"), of: ({ years }) => years.map(String), asks: true },
  { key: "language", title: t("Language"), of: ({ language }) => [language], asks: true },
  { key: "state", title: t("State"), of: statesOf },
];
/** @type {Map<string, string>} the chosen value of each facet; none is "" */
const chosen = new Map();
/** @type {WeakMap<SourceDocument, string>} */
const texts = new WeakMap();
/** @type {string[]} of the text that is looked for */
let words = [];
let drawn = "";
/** @type {HTMLElement} */
let bar;
/** @type {HTMLElement} */
let sift;
/** @type {() => void} */
let redraw;

/**
 * @param {HTMLElement} element
 * @param {() => void} onChanged
 */
export function mountFacets(element, onChanged) {
  redraw = onChanged;
  sift = query(element, "#cw-sift", HTMLElement);
  bar = query(element, "#cw-facets", HTMLElement);
  bar.addEventListener("change", (event) => {
    const select = event.target;
    if (!(select instanceof HTMLSelectElement)) return;
    chosen.set(select.name, select.value);
    redraw();
  });
  const find = query(sift, "input", HTMLInputElement);
  find.addEventListener("input", () => {
    words = folded(find.value).split(/\s+/).filter(Boolean);
    redraw();
  });
}

export function isNarrowed() {
  return words.length > 0 || [...chosen.values()].some(Boolean);
}

export function askingFilter() {
  return FACETS.some(({ key, asks }) => asks && chosen.get(key));
}

export function clearFilter() {
  words = [];
  chosen.clear();
  query(sift, "input", HTMLInputElement).value = "";
  drawn = "";
  redraw();
}

/** @param {SourceDocument} source */
export function isAskedOf(source) {
  return FACETS.every((facet) => !facet.asks || passes(facet, source));
}

/**
 * Return the documents that the filter leaves, and have only those asked that it lets be asked.
 * @param {SourceDocument[]} documents
 */
export function filterDocuments(documents) {
  sift.hidden = documents.length < 2;
  drawFacets(documents);
  setFiltered(documents.filter((source) => !isAskedOf(source)).map(({ id }) => id));
  return documents.filter(
    (source) => FACETS.every((facet) => passes(facet, source)) && words.every((word) => textOf(source).includes(word)),
  );
}

/**
 * @param {Facet} facet
 * @param {SourceDocument} source
 */
function passes({ key, of }, source) {
  const value = chosen.get(key);
  return !value || of(source).includes(value);
}

/** @param {SourceDocument} source */
function statesOf(source) {
  const states = [needsAttention(source) && t("Needs attention"), source.outdated && t("Outdated")].filter(
    (each) => each !== false,
  );
  return states.length ? states : [t("Ready")];
}

/** @param {SourceDocument} source */
function textOf(source) {
  const kept = texts.get(source);
  if (kept !== undefined) return kept;
  const text = folded([source.name, source.about, source.collection, source.address].join(" "));
  texts.set(source, text);
  return text;
}

/** @param {SourceDocument[]} documents */
function drawFacets(documents) {
  const lists = FACETS.map((facet) => ({ facet, values: valuesOf(facet, documents) }));
  const state = JSON.stringify([lists.map(({ values }) => values), [...chosen]]);
  if (state === drawn) return; // one that is open would be closed
  drawn = state;
  const focused = document.activeElement instanceof HTMLSelectElement ? document.activeElement.name : "";
  bar.replaceChildren(...lists.filter(({ values }) => values.length > 1).map(select));
  const again = focused && bar.querySelector(`[name="${focused}"]`);
  if (again instanceof HTMLElement) again.focus();
}

/**
 * Return what can be chosen of a facet; with less than two values it is given up.
 * @param {Facet} facet
 * @param {SourceDocument[]} documents
 */
function valuesOf({ key, of }, documents) {
  const values = [...new Set(documents.flatMap(of))].filter(Boolean).sort();
  if (key === "year") values.reverse();
  const isPart = key === "collection" && values.length === 1 && documents.some(({ collection }) => !collection);
  const choices = values.length > 1 || isPart ? values : [];
  if (!choices.includes(chosen.get(key) ?? "")) chosen.delete(key);
  return isPart ? ["", ...choices] : choices;
}

/** @param {{ facet: Facet, values: string[] }} list */
function select({ facet: { key, title, asks }, values }) {
  const options = ["", ...values.filter(Boolean)].map((value) =>
    make("option", { value, selected: value === (chosen.get(key) ?? "") }, value || title),
  );
  const note = asks ? t("Narrows the list, and what is asked") : t("Narrows the list only");
  return make("select", { name: key, "aria-label": title, title: note }, ...options);
}
