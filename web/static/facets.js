// @ts-check
// A filter above the sources: kind, year and language narrow the list, and with it what is asked.

import { make, query } from "./dom.js";
import { setFiltered } from "./selection.js";

/** @type {{ key: "kind" | "year" | "language", title: string, any: string, of: (source: SourceDocument) => string[] }[]} */
const FACETS = [
  { key: "kind", title: "Kind", any: "Any kind", of: ({ kind }) => [kind] },
  { key: "year", title: "Year", any: "Any year", of: ({ years }) => years.map(String) },
  { key: "language", title: "Language", any: "Any language", of: ({ language }) => [language] },
];
/** @type {Record<string, string>} the chosen value of each facet; none is "" */
const chosen = { kind: "", year: "", language: "" };
/** @type {HTMLElement} */
let bar;

/**
 * @param {HTMLElement} element
 * @param {() => void} redraw
 */
export function mountFacets(element, redraw) {
  bar = query(element, "#cw-facets", HTMLElement);
  bar.addEventListener("change", (event) => {
    const select = event.target;
    if (!(select instanceof HTMLSelectElement)) return;
    chosen[select.name] = select.value;
    redraw();
  });
}

/**
 * Return the documents that the filter leaves, and have only these asked.
 * @param {SourceDocument[]} documents
 */
export function filterDocuments(documents) {
  drawFacets(documents);
  const shown = documents.filter((source) =>
    FACETS.every(({ key, of }) => !chosen[key] || of(source).includes(chosen[key] ?? "")),
  );
  setFiltered(documents.filter((source) => !shown.includes(source)).map(({ id }) => id));
  return shown;
}

/** @param {SourceDocument[]} documents */
function drawFacets(documents) {
  const focused = document.activeElement instanceof HTMLSelectElement ? document.activeElement.name : "";
  const selects = FACETS.map((facet) => select(facet, documents)).filter((each) => each !== null);
  bar.replaceChildren(...selects);
  const again = focused && bar.querySelector(`[name="${focused}"]`);
  if (again instanceof HTMLElement) again.focus();
}

/**
 * @param {typeof FACETS[number]} facet
 * @param {SourceDocument[]} documents
 */
function select({ key, title, any, of }, documents) {
  const values = [...new Set(documents.flatMap(of))].filter(Boolean).sort();
  if (!values.includes(chosen[key] ?? "")) chosen[key] = "";
  if (key === "year") values.reverse();
  if (values.length < 2) {
    chosen[key] = "";
    return null; // nothing to choose between
  }
  const options = ["", ...values].map((value) =>
    make("option", { value, selected: value === chosen[key] }, value || any),
  );
  return make("select", { name: key, "aria-label": title }, ...options);
}
