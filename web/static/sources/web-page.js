// @ts-check
// Web pages by their addresses: typed into the field, or many at once, pasted anywhere into the pane.

import { sendJson } from "../api.js";
import { query } from "../dom.js";
import { t } from "../page/messages.js";
import { attempt, showError } from "../uploads.js";
import { listUnsent } from "./sending.js";

const MOST = 100;
const ADDRESS = /^(?:[a-z][a-z0-9+.-]*:\/\/\S+|(?:[\p{L}\d-]+\.)+\p{L}{2,}(?:[:/?#]\S*)?)$/iu;
const SHOWN = 60;
const NO_ADDRESS = t("it is no address of a web page: one begins with https://");

/** @param {HTMLElement} element */
export function mountWebPage(element) {
  const form = query(element, "#cw-address", HTMLFormElement);
  const field = query(form, "input", HTMLInputElement);
  field.disabled = query(form, "button", HTMLButtonElement).disabled = false;
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const address = field.value.trim();
    if (!address) return;
    field.value = "";
    await attempt(sendJson("POST", "uploads/pages", { address }));
  });
  document.addEventListener("paste", (event) => {
    const text = event.clipboardData?.getData("text/plain").trim() ?? "";
    const { target } = event;
    if (!text || !(target instanceof Element)) return;
    if (target === field ? !text.includes("\n") : !isForPane(element, target)) return;
    event.preventDefault();
    take(text.split("\n"));
  });
}

/**
 * Other fields keep what is pasted into them; with no field in focus, it is meant for what the pointer is on.
 * @param {HTMLElement} pane
 * @param {Element} target
 */
function isForPane(pane, target) {
  if (target.closest("input:not([type=checkbox]), textarea, dialog")) return false;
  return pane.contains(target) || (target === document.body && pane.matches(":hover"));
}

/**
 * Take in the address in each line, or the several in one; say which lines have none.
 * @param {string[]} lines
 */
async function take(lines) {
  /** @type {Set<string>} */
  const addresses = new Set();
  for (const line of lines.map((each) => each.trim()).filter(Boolean)) {
    const found = line.split(/\s+/).filter((each) => ADDRESS.test(each));
    for (const each of found) addresses.add(each);
    if (!found.length) listUnsent(line.length > SHOWN ? `${line.slice(0, SHOWN)}…` : line, NO_ADDRESS);
  }
  const left = [...addresses].slice(MOST);
  const tooMany = t("at most {number} addresses are taken at once: paste it again", { number: MOST });
  for (const each of left) listUnsent(each, tooMany);
  try {
    for (const address of [...addresses].slice(0, MOST)) await sendJson("POST", "uploads/pages", { address });
  } catch (error) {
    showError(error);
  }
  document.dispatchEvent(new CustomEvent("cw-sources-changed"));
}
