// @ts-check
// The files that a conversation, or the notes, can be had as.

import { make } from "../dom.js";

/** By what they are called in an address. */
export const EXPORT_FORMATS = { html: "HTML", md: "Markdown", json: "JSON" };

/** @param {string} path below `citewell/` */
export function exportLinks(path) {
  return Object.entries(EXPORT_FORMATS).map(([form, format]) =>
    make("a", { href: exportAddress(path, form), download: "", className: "cw-link" }, format),
  );
}

/**
 * @param {string} path below `citewell/`
 * @param {string} form
 */
export function exportAddress(path, form) {
  return new URL(`citewell/${path}?form=${form}`, document.baseURI).href;
}
