// @ts-check
// The documents as the server listed them last, in natural order: memo 2 before memo 10.

import { t } from "../page/messages.js";

const BY_NAME = new Intl.Collator(undefined, { numeric: true });
/** @type {Omit<SourceDocument, "id" | "name" | "version" | "editable">} what the server leaves out */
const UNSAID = {
  owner: "",
  notes: [],
  extent: "",
  collection: "",
  address: "",
  about: "",
  kind: "",
  years: [],
  language: "",
  lost: false,
  outdated: false,
};
/** @type {SourceDocument[]} */
let sources = [];

export function allSources() {
  return sources;
}

/** @param {number} id */
export function sourceOf(id) {
  return sources.find((each) => each.id === id);
}

/**
 * Take over the latest documents, and return whether any was added, replaced or removed.
 * @param {ListedDocument[]} latest
 */
export function takeSources(latest) {
  const before = versions();
  sources = latest.map((each) => ({ ...UNSAID, ...each, editable: !each.fixed }));
  sources.sort((one, other) => BY_NAME.compare(one.name, other.name));
  return versions() !== before;
}

function versions() {
  return sources.map(({ id, version }) => `${id} ${version}`).join();
}

/**
 * Return documents by where they are listed: in each collection, those of others under their owner's name, and last
 * those in none.
 * @param {SourceDocument[]} shown
 * @returns {[place: string, members: SourceDocument[]][]}
 */
export function byCollection(shown) {
  const places = [...Map.groupBy(shown, placeOf)];
  return places.sort(([one], [other]) => Number(!one) - Number(!other) || BY_NAME.compare(one, other));
}

/** @param {SourceDocument} source */
export function placeOf({ collection, owner }) {
  return owner ? t("{collection} (shared by {owner})", { collection, owner }) : collection;
}

export function ownCollections() {
  const names = sources.filter(({ owner }) => !owner).map(({ collection }) => collection);
  return [...new Set(names)].filter(Boolean).sort(BY_NAME.compare);
}
