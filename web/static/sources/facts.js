// @ts-check
// The dialog in which a person corrects what a document is.

import { request, sendJson } from "../api.js";
import { make, query } from "../dom.js";
import { attempt } from "../uploads.js";
import { t } from "../page/messages.js";

/** @type {HTMLDialogElement} */
let dialog;

/** @param {HTMLElement} element */
export function mountFacts(element) {
  dialog = query(element, "#cw-facts-dialog", HTMLDialogElement);
  query(dialog, "[data-do=close]", HTMLButtonElement).addEventListener("click", () => dialog.close("cancel"));
}

/**
 * Show what a document is, and send what is changed.
 * @param {SourceDocument} source
 */
export async function editFacts({ id, name }) {
  await attempt(request(`sources/${id}/facts`).then((/** @type {FactsResponse} */ found) => open(id, name, found)));
}

/**
 * @param {number} id
 * @param {string} name
 * @param {FactsResponse} found
 */
function open(id, name, { facts, edited, kinds }) {
  query(dialog, "#cw-facts-of", HTMLElement).textContent = t("What is “{name}”?", { name });
  query(dialog, "datalist", HTMLDataListElement).replaceChildren(
    ...kinds.map((kind) => make("option", { value: kind })),
  );
  for (const field of fields()) {
    field.value = facts[field.name] ?? "";
    field.title = edited.includes(field.name) ? t("Entered by you") : t("Found in the document");
  }
  const reset = query(dialog, "[data-do=reset]", HTMLButtonElement);
  reset.hidden = !edited.length;
  reset.onclick = () => {
    dialog.close("cancel");
    save(id, Object.fromEntries(edited.map((fact) => [fact, null])));
  };
  dialog.onclose = () => {
    if (dialog.returnValue === "ok") save(id, changes(facts));
  };
  dialog.returnValue = "cancel";
  dialog.showModal();
}

/** @param {Record<string, string>} facts */
function changes(facts) {
  const changed = fields().filter(({ name, value }) => value.trim() !== (facts[name] ?? ""));
  return Object.fromEntries(changed.map(({ name, value }) => [name, value]));
}

/**
 * @param {number} id
 * @param {Record<string, string | null>} changed
 */
function save(id, changed) {
  if (Object.keys(changed).length) attempt(sendJson("PATCH", `sources/${id}/facts`, changed));
}

function fields() {
  return [...dialog.querySelectorAll("input")];
}
