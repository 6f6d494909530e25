// @ts-check
// The documents excluded from the questions of the open conversation.

import { request, sendJson } from "./api.js";
import { watch } from "./current-conversation.js";

/** @type {Set<number>} */
let excluded = new Set();
/** @type {number[]} documents that the filter above the sources leaves out */
let filtered = [];
let conversation = "";
let isLoaded = true; // false while the stored selection of the conversation just opened is fetched
let version = 0;
/** Requests run one after the other, so that the last choice is the stored one. */
let lastSave = Promise.resolve();
/** @type {() => void} */
let onLoaded;
/** @type {(error: unknown) => void} */
let onError;

/**
 * @param {() => void} redraw
 * @param {(error: unknown) => void} showError
 */
export function startSelection(redraw, showError) {
  onLoaded = redraw;
  onError = showError;
  watch(load);
}

/** Return the ids of excluded documents; null while they are not known, and the stored ones hold. */
export function excludedIds() {
  return isLoaded ? [...new Set([...excluded, ...filtered])] : null;
}

/** @param {number[]} ids */
export function setFiltered(ids) {
  filtered = ids;
}

/** @param {number} id */
export function isExcluded(id) {
  return excluded.has(id);
}

/**
 * Exclude documents or include them again, and store that with the conversation.
 * @param {number[]} ids
 * @param {boolean} isNowExcluded
 */
export function setExcluded(ids, isNowExcluded) {
  for (const id of ids) {
    if (isNowExcluded) excluded.add(id);
    else excluded.delete(id);
  }
  version++;
  isLoaded = true;
  const [id, choice] = [conversation, [...excluded]];
  if (id) lastSave = lastSave.then(() => save(id, choice));
}

/** @param {number} id of a removed document */
export function forgetDocument(id) {
  excluded.delete(id);
}

/**
 * Load the selection of a conversation that was opened. A new one begins with the selection of the one before.
 * @param {string} id
 * @param {boolean} isNavigation
 */
async function load(id, isNavigation) {
  conversation = id;
  if (!isNavigation) return;
  const thisVersion = ++version;
  isLoaded = !id;
  if (isLoaded) return;
  /** @type {ConversationResponse} */
  let found;
  try {
    found = await request(`conversations/${id}`);
  } catch {
    return; // the chat says what is wrong
  }
  if (thisVersion !== version) return; // changed meanwhile
  excluded = new Set(found.excluded);
  isLoaded = true;
  onLoaded();
}

/**
 * @param {string} id
 * @param {number[]} choice
 */
async function save(id, choice) {
  try {
    await sendJson("PUT", `conversations/${id}/excluded`, { excluded: choice });
  } catch (error) {
    onError(error);
  }
}
