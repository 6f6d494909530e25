// @ts-check
// Adding a web page by its address.

import { sendJson } from "../api.js";
import { query } from "../dom.js";

/**
 * @param {HTMLElement} element
 * @param {(sent: Promise<unknown>) => Promise<void>} attempt waits for the server and shows what came of it
 */
export function mountWebPage(element, attempt) {
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
}
