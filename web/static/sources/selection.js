// @ts-check
// The documents excluded from the questions of the open conversation.

import { request, sendJson } from "../api.js";
import { watch } from "../current-conversation.js";
import { t } from "../page/messages.js";
import { offerRetry, retryLine, withdrawRetry } from "../page/retry-line.js";

/** @type {Set<number>} */
let excluded = new Set();
/** @type {number[]} documents that the filter above the sources leaves out */
let filtered = [];
let conversation = "";
let isLoaded = true; // false while the stored selection of the conversation just opened is fetched
let latestRequest = 0;
/** Requests run one after the other, so that the last choice is the stored one. */
let lastSave = Promise.resolve();
/** @type {() => void} */
let onChanged;
/** @type {(error: unknown) => void} */
let onError;
const failure = retryLine();

/**
 * @param {HTMLElement} list of documents with their ticks
 * @param {() => void} redraw
 * @param {(error: unknown) => void} showError
 */
export function startSelection(list, redraw, showError) {
  list.before(failure);
  onChanged = redraw;
  onError = showError;
  watch(load);
}

/** Return the ids of excluded documents; null while they are not known, and the stored ones hold. */
export function excludedIds() {
  return isLoaded ? [...new Set([...excluded, ...filtered])] : null;
}

/** Whether it is known what is excluded; until then nothing can be ticked. */
export function isKnown() {
  return isLoaded;
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
  if (!isLoaded) return; // it would be stored with what is excluded from another conversation
  for (const id of ids) {
    if (isNowExcluded) excluded.add(id);
    else excluded.delete(id);
  }
  const [id, choice] = [conversation, [...excluded]];
  if (id) lastSave = lastSave.then(() => save(id, choice));
}

/** @param {number} id of a removed document */
export function forgetDocument(id) {
  excluded.delete(id);
}

/**
 * Load the selection of a conversation that was opened. A new one begins with all documents.
 * @param {string} id
 * @param {boolean} isNavigation
 */
async function load(id, isNavigation) {
  conversation = id;
  if (!isNavigation && (id || isLoaded)) return;
  const thisRequest = ++latestRequest;
  withdrawRetry(failure);
  isLoaded = !id;
  if (isLoaded) excluded = new Set();
  if (thisRequest > 1) onChanged(); // at first no sources are known
  if (isLoaded) return;
  try {
    await lastSave;
    /** @type {ConversationResponse} */
    const found = await request(`conversations/${id}`);
    if (thisRequest !== latestRequest) return;
    excluded = new Set(found.excluded);
    isLoaded = true;
    onChanged();
  } catch (error) {
    if (thisRequest !== latestRequest) return;
    const text = t("Which sources this conversation asks could not be loaded.");
    offerRetry(failure, text, error, () => load(id, true));
  }
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
