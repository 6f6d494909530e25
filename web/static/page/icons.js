// @ts-check
// Icons of the sprite. They are decoration: the button or the text beside one says what it means.

import { make } from "../dom.js";

const SPRITE = new URL("../icons/lucide.svg", import.meta.url).href;
const SVG = "http://www.w3.org/2000/svg";

/** @param {string} name in icons/lucide.svg */
export function icon(name) {
  const svg = document.createElementNS(SVG, "svg");
  svg.setAttribute("class", "cw-svg");
  svg.setAttribute("aria-hidden", "true");
  const use = document.createElementNS(SVG, "use");
  use.setAttribute("href", `${SPRITE}#${name}`);
  svg.append(use);
  return svg;
}

/**
 * Return a button that shows an icon only.
 * @param {string} name in icons/lucide.svg
 * @param {string} label for screen readers
 * @param {Record<string, unknown>} attributes
 */
export function iconButton(name, label, attributes) {
  return make("button", { type: "button", className: "cw-icon", "aria-label": label, ...attributes }, icon(name));
}

/** @type {[icon: string, suffixes: RegExp][]} */
const BY_SUFFIX = [
  ["file-spreadsheet", /\.(csv|tsv|xlsx?|xlsm|xlsb|ods)$/],
  ["presentation", /\.(pptx?|odp)$/],
  ["book-open", /\.epub$/],
  ["mail", /\.(eml|msg|mbox)$/],
  ["image", /\.(png|jpe?g|gif|tiff?|webp|bmp)$/],
  ["file-text", /\.(pdf|docx?|odt|rtf|txt|md|rst|org)$/],
  ["globe", /\.x?html?$/],
  ["file-code", /\.(xml|json|ya?ml|toml|py|js|ts|c|h|cpp|java|go|rs|sh|tex)$/],
];

/** @param {Pick<SourceDocument, "name" | "address">} source */
export function documentIcon({ name, address }) {
  if (address) return icon("globe");
  const found = BY_SUFFIX.find(([, suffixes]) => suffixes.test(name.toLowerCase()));
  return icon(found?.[0] ?? "file");
}
