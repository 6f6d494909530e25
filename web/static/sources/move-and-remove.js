// @ts-check
// Documents moved to a collection, and removed: one, or hundreds in a few requests, of which the bar says how far it is.

import { messageOf, sendJson } from "../api.js";
import { make, openDialog, query } from "../dom.js";
import { t, tn } from "../page/messages.js";
import { attempt, showError } from "../uploads.js";
import { ownCollections } from "./known-sources.js";
import { forgetDocument } from "./selection.js";

/** @typedef {{ doing: (done: number) => string, done: string, partly: (done: number) => string }} Words */

/** Documents of one request; the server takes 500. */
const PART = 200;
/** @type {(text: string, share: number | null) => void} says how far it is; a share of null is the end */
let tell = () => {};

/** @param {typeof tell} telling */
export function tellProgress(telling) {
  tell = telling;
}

/** @param {SourceDocument[]} sources */
export function confirmRemoval(sources) {
  const own = sources.filter(({ editable }) => editable);
  const [number, name] = [own.length, own[0]?.name ?? ""];
  const text =
    number === 1
      ? t(
          "Remove “{name}” from the library? Its text, its index entries and the uploaded file are deleted, and kept answers lose what they say and quote of it. This cannot be undone.",
          { name },
        )
      : tn(
          "Remove {number} document from the library? Its text, its index entries and the uploaded file are deleted, and kept answers lose what they say and quote of it. This cannot be undone.",
          "Remove {number} documents from the library? Their texts, their index entries and the uploaded files are deleted, and kept answers lose what they say and quote of them. This cannot be undone.",
          number,
        );
  const verb = number === 1 ? t("Remove") : tn("Remove {number} document", "Remove {number} documents", number);
  ask(withOthers(text, sources.length - number), verb, false, () => {
    for (const { id } of own) forgetDocument(id);
    change(own, "DELETE", {}, removing(number));
  });
}

/** @param {SourceDocument[]} sources */
export function askCollection(sources) {
  const own = sources.filter(({ owner }) => !owner);
  const input = query(dialog(), "input", HTMLInputElement);
  const suggestions = ownCollections().map((each) => make("option", { value: each }));
  query(dialog(), "datalist", HTMLDataListElement).replaceChildren(...suggestions);
  const current = new Set(own.map(({ collection }) => collection));
  input.value = current.size === 1 ? ([...current][0] ?? "") : "";
  const [number, name] = [own.length, own[0]?.name ?? ""];
  const text =
    number === 1
      ? t("Collection of “{name}”; leave it empty for none.", { name })
      : tn(
          "Collection of {number} document; leave it empty for none.",
          "Collection of {number} documents; leave it empty for none.",
          number,
        );
  ask(withOthers(text, sources.length - number), t("Move"), true, () => moveTo(own, input.value.trim()));
}

/**
 * @param {SourceDocument[]} sources
 * @param {string} collection "" for none
 */
export async function moveTo(sources, collection) {
  const those = sources.filter((each) => !each.owner && each.collection !== collection);
  if (those.length) await change(those, "PATCH", { collection }, moving(those.length, collection));
}

/**
 * @param {number} number
 * @returns {Words}
 */
function removing(number) {
  return {
    doing: (done) =>
      tn("Removing {number} document: {done} done", "Removing {number} documents: {done} done", number, { done }),
    done: tn("{number} document removed.", "{number} documents removed.", number),
    partly: (done) =>
      tn(
        "{done} of {number} document were removed, the others stay.",
        "{done} of {number} documents were removed, the others stay.",
        number,
        { done },
      ),
  };
}

/**
 * @param {number} number
 * @param {string} collection "" for none
 * @returns {Words}
 */
function moving(number, collection) {
  return {
    doing: (done) =>
      tn("Moving {number} document: {done} done", "Moving {number} documents: {done} done", number, { done }),
    done: collection
      ? tn("{number} document moved to “{collection}”.", "{number} documents moved to “{collection}”.", number, {
          collection,
        })
      : tn(
          "{number} document taken out of its collection.",
          "{number} documents taken out of their collections.",
          number,
        ),
    partly: (done) =>
      tn(
        "{done} of {number} document were moved, the others stay.",
        "{done} of {number} documents were moved, the others stay.",
        number,
        { done },
      ),
  };
}

/**
 * @param {SourceDocument[]} sources
 * @param {"DELETE" | "PATCH"} method
 * @param {Record<string, unknown>} body
 * @param {Words} words
 */
async function change(sources, method, body, words) {
  const total = sources.length;
  let ended = 0;
  const isMany = total > 1;
  try {
    for (; ended < total; ended += PART) {
      if (isMany) tell(words.doing(ended), ended / total);
      const ids = sources.slice(ended, ended + PART).map(({ id }) => id);
      await sendJson(method, "sources", { ids, ...body });
    }
    tell(isMany ? words.done : "", null);
    await attempt(Promise.resolve());
  } catch (error) {
    tell("", null);
    const so = ended ? words.partly(ended) : unchanged(sources);
    showError(new Error(`${so} ${messageOf(error)}`));
  }
}

/** @param {SourceDocument[]} sources */
function unchanged(sources) {
  return sources.length === 1
    ? t("“{name}” stays as before.", { name: sources[0]?.name ?? "" })
    : tn("{number} document stays as before.", "{number} documents stay as before.", sources.length);
}

/**
 * @param {string} text
 * @param {number} others documents that are shared with the user, and stay
 */
function withOthers(text, others) {
  if (!others) return text;
  const staying = tn(
    "{number} other is shared with you, and stays.",
    "{number} others are shared with you, and stay.",
    others,
  );
  return `${text} ${staying}`;
}

/**
 * @param {string} text
 * @param {string} verb label of the button that confirms
 * @param {boolean} withCollection show the field for a collection's name
 * @param {() => void} onOk
 */
function ask(text, verb, withCollection, onOk) {
  query(dialog(), "#cw-dialog-text", HTMLElement).textContent = text;
  query(dialog(), ".cw-primary", HTMLElement).textContent = verb;
  query(dialog(), ".cw-collection", HTMLElement).hidden = !withCollection;
  openDialog(dialog(), onOk);
}

function dialog() {
  return query(document, "#cw-dialog", HTMLDialogElement);
}
