// @ts-check
// The sources pane: documents and uploads, polled while anything is on its way.

import { request } from "./api.js";
import { drawDocuments, mountDocuments, setDocuments, showLoadError } from "./documents.js";
import { clearPages } from "./page-view.js";
import { startSelection } from "./selection.js";
import { drawUploads, isUploading, mountUploads, setUploads, showError } from "./uploads.js";

const POLL_MS = 600;
const SOON_MS = 100;
/** @type {number | undefined} */
let timer;
/** Tells Gradio that the documents have changed. */
let notifyChanged = () => {};

/**
 * @param {HTMLElement} element
 * @param {() => void} onChanged
 */
export function mount(element, onChanged) {
  notifyChanged = onChanged;
  mountUploads(element, { refresh, refreshSoon });
  mountDocuments(element);
  startSelection(drawDocuments, showError);
  refresh();
}

async function refresh() {
  clearTimeout(timer);
  timer = undefined;
  try {
    /** @type {SourcesResponse} */
    const { documents, uploads, largest } = await request("sources");
    setUploads(uploads, largest);
    if (setDocuments(documents)) {
      clearPages();
      notifyChanged();
    }
  } catch (error) {
    showLoadError(error);
  }
  drawUploads();
  if (isUploading()) timer = setTimeout(refresh, POLL_MS);
}

function refreshSoon() {
  timer ??= setTimeout(refresh, SOON_MS);
}
