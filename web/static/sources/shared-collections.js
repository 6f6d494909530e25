// @ts-check
// What stands at the head of a collection: sharing one's own, and adding to one that others share.

import { request } from "../api.js";
import { make } from "../dom.js";
import { t } from "../page/messages.js";
import { shareCollection } from "../page/share-dialog.js";
import { attempt } from "../uploads.js";

/** @param {SourceDocument | undefined} member any document of the collection */
export function collectionControls(member) {
  if (!member?.collection) return [];
  if (!member.owner) return [shareButton(member.collection)];
  return member.editable ? [addButton(member.owner, member.collection)] : [];
}

/** @param {string} collection */
function shareButton(collection) {
  const label = t("Share the collection {collection}", { collection });
  const look = { className: "cw-link cw-share", "data-key": `s${collection}`, "aria-label": label };
  const button = make("button", { type: "button", ...look }, t("Share"));
  button.addEventListener("click", () => shareCollection(collection));
  return button;
}

/**
 * @param {string} owner
 * @param {string} collection
 */
function addButton(owner, collection) {
  const input = make("input", { type: "file", multiple: true });
  input.addEventListener("change", async () => {
    for (const file of input.files ?? []) {
      const target = new URLSearchParams({ owner, collection, name: file.name });
      await attempt(request(`shares/uploads?${target}`, { method: "POST", body: file }));
    }
    input.value = "";
  });
  return make("label", { className: "cw-button cw-share-add" }, t("Add to it"), input);
}
