// @ts-check
// Names on one line: where there is no room, their middle is left out, because their ends tell files apart.

import { make } from "../dom.js";

const END = 12;

/**
 * Return a name in two parts, of which only the first gives way.
 * @param {string} name
 */
export function inOneLine(name) {
  const characters = [...name];
  const at = Math.max(0, characters.length - END);
  const parts = [characters.slice(0, at).join(""), characters.slice(at).join("")];
  return parts.filter(Boolean).map((part) => make("span", {}, part));
}
