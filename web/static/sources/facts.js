// @ts-check
// The dialog in which a person corrects what a document is.

import { request, sendJson } from "../api.js";
import { make, openDialog, query } from "../dom.js";
import { t } from "../page/messages.js";
import { attempt } from "../uploads.js";

/** @param {SourceDocument} source */
export async function editFacts({ id, name }) {
  await attempt(request(`sources/${id}/facts`).then((/** @type {FactsResponse} */ found) => open(id, name, found)));
}

/**
 * @param {number} id
 * @param {string} name
 * @param {FactsResponse} found
 */
function open(id, name, { facts, edited, kinds }) {
  const dialog = query(document, "#cw-facts-dialog", HTMLDialogElement);
  const fields = [...dialog.querySelectorAll("input")];
  query(dialog, "#cw-facts-of", HTMLElement).textContent = t("What is “{name}”?", { name });
  query(dialog, "datalist", HTMLDataListElement).replaceChildren(
    ...kinds.map((kind) => make("option", { value: kind })),
  );
  for (const field of fields) {
    field.value = facts[field.name] ?? "";
    field.title = edited.includes(field.name) ? t("Entered by you") : t("Found in the document");
  }
  const reset = query(dialog, "[data-do=reset]", HTMLButtonElement);
  reset.hidden = !edited.length;
  reset.onclick = () => {
    dialog.close("cancel");
    save(id, Object.fromEntries(edited.map((fact) => [fact, null])));
  };
  openDialog(dialog, () => {
    const changed = fields.filter(({ name, value }) => value.trim() !== (facts[name] ?? ""));
    save(id, Object.fromEntries(changed.map(({ name, value }) => [name, value])));
  });
}

/**
 * @param {number} id
 * @param {Record<string, string | null>} changed
 */
function save(id, changed) {
  if (Object.keys(changed).length) attempt(sendJson("PATCH", `sources/${id}/facts`, changed));
}
