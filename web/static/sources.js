// @ts-check
// The sources pane: documents and uploads, polled while anything is on its way.

import { request } from "./api.js";
import { drawDocuments, mountDocuments, setDocuments, showLoadError } from "./documents.js";
import { query } from "./dom.js";
import { startSelection } from "./selection.js";
import { mountFolders } from "./sources/watched-folders.js";
import { mountWebPage } from "./sources/web-page.js";
import { attempt, drawUploads, isUploading, mountUploads, setUploads, showError } from "./uploads.js";
import { clearContents } from "./viewer/contents.js";
import { clearPages } from "./viewer/page-view.js";

const POLL_MS = 600;
const SOON_MS = 100;
const REFRESH_POLL_MS = 3000;
/** @type {number | undefined} */
let timer;
let isRefreshing = false;
/** @type {HTMLElement} */
let refreshLine;
/** Tells Gradio that the documents have changed. */
let notifyChanged = () => {};

/**
 * @param {HTMLElement} element
 * @param {() => void} onChanged
 */
export function mount(element, onChanged) {
  notifyChanged = onChanged;
  refreshLine = query(element, "#cw-refresh", HTMLElement);
  mountUploads(element, { refresh, refreshSoon });
  mountDocuments(element);
  mountWebPage(element, attempt);
  mountFolders(element, refresh);
  startSelection(drawDocuments, showError);
  refresh();
}

async function refresh() {
  clearTimeout(timer);
  timer = undefined;
  try {
    /** @type {SourcesResponse} */
    const { documents, uploads, largest, suffixes, refresh: refreshing } = await request("sources");
    setUploads(uploads, largest, suffixes);
    showRefreshing(refreshing);
    if (setDocuments(documents)) {
      clearPages();
      clearContents();
      notifyChanged();
    }
  } catch (error) {
    showLoadError(error);
  }
  drawUploads();
  if (isUploading()) timer = setTimeout(refresh, POLL_MS);
  else if (isRefreshing) timer = setTimeout(refresh, REFRESH_POLL_MS);
}

/** @param {string} text how far the reading again of outdated documents is; "" if there is none */
function showRefreshing(text) {
  isRefreshing = Boolean(text);
  refreshLine.textContent = text;
}

function refreshSoon() {
  timer ??= setTimeout(refresh, SOON_MS);
}
