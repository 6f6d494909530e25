// @ts-check
// The sources pane: documents and uploads, polled while anything is on its way.

import { request } from "./api.js";
import { drawDocuments, mountDocuments, setDocuments, showLoadError } from "./documents.js";
import { query } from "./dom.js";
import { startSelection } from "./sources/selection.js";
import { mountFolders } from "./sources/watched-folders.js";
import { mountWebPage } from "./sources/web-page.js";
import { drawUploads, isUploading, mountUploads, setUploads, showError } from "./uploads.js";
import { clearContents } from "./viewer/contents.js";
import { clearPages } from "./viewer/page-view.js";

const POLL_MS = 600;
const SOON_MS = 100;
const REFRESH_POLL_MS = 3000;
/** At most this share of the time is spent on asking what is new, and showing it. */
const BUSY_SHARE = 0.25;
/** @type {number | undefined} */
let timer;
let isRefreshing = false;
let drawingMs = 0;
let answerMs = 0;
/** Names the documents that are listed. */
let tag = "";
/** @type {Promise<SourcesResponse> | null} asked for as soon as this script is there: the pane that shows it comes later */
let first = askForSources();
first.catch(() => {}); // told when it is shown
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
  mountWebPage(element);
  mountFolders(element, refresh);
  startSelection(query(element, "#cw-documents", HTMLElement), drawDocuments, showError);
  document.addEventListener("cw-sources-changed", refresh);
  refresh();
}

async function refresh() {
  clearTimeout(timer);
  timer = undefined;
  try {
    const asked = performance.now();
    const asking = first ?? askForSources();
    first = null;
    const latest = await asking;
    const { documents, uploads, largest, suffixes, refresh: refreshing } = latest;
    const begun = performance.now();
    answerMs = begun - asked;
    setUploads(uploads, largest, suffixes);
    isRefreshing = Boolean(refreshing);
    refreshLine.textContent = refreshing;
    tag = latest.tag;
    if (documents && setDocuments(documents)) {
      clearPages();
      clearContents();
      notifyChanged();
    }
    drawUploads();
    drawingMs = performance.now() - begun;
  } catch (error) {
    tag = ""; // the list is gone from the page
    showLoadError(error);
    drawUploads();
  }
  if (isUploading()) timer = setTimeout(refresh, Math.max(POLL_MS, busyMs()));
  else if (isRefreshing) timer = setTimeout(refresh, REFRESH_POLL_MS);
}

/** @returns {Promise<SourcesResponse>} */
function askForSources() {
  return request(tag ? `sources?known=${tag}` : "sources");
}

function busyMs() {
  return (answerMs + drawingMs) / BUSY_SHARE;
}

function refreshSoon() {
  timer ??= setTimeout(refresh, Math.max(SOON_MS, busyMs()));
}
