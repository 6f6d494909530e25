// @ts-check
// A button that copies a text, and says so: by its sign and its name, and in words.

import { make } from "../dom.js";
import { icon } from "./icons.js";
import { t } from "./messages.js";
import { say } from "./toast.js";

const COPIED_MS = 1500;

/**
 * @param {string} name of the button
 * @param {() => string} text what to copy
 */
export function copyButton(name, text) {
  const button = make("button", { type: "button", className: "cw-icon cw-copy" });
  const dress = (/** @type {string} */ label, /** @type {string} */ sign) => {
    button.title = label; // a dialog hides the words that the page says from screen readers, but not its button's name
    button.setAttribute("aria-label", label);
    button.replaceChildren(icon(sign));
  };
  button.addEventListener("click", async () => {
    const isCopied = await copy(text(), button);
    const said = isCopied ? t("Copied.") : t("The browser does not let it be copied. Select it, and press Ctrl+C.");
    say(said);
    dress(said, isCopied ? "check" : "copy");
    setTimeout(() => dress(name, "copy"), COPIED_MS);
  });
  dress(name, "copy");
  return button;
}

/**
 * Copy a text, also where the page has no clipboard: over a network without HTTPS.
 * @param {string} text
 * @param {HTMLElement} beside an element of the open dialog, if there is one: nothing outside of it can be selected
 */
async function copy(text, beside) {
  if (navigator.clipboard) {
    return navigator.clipboard.writeText(text).then(
      () => true,
      () => false,
    );
  }
  const field = make("textarea", { className: "cw-unseen", value: text });
  beside.after(field);
  field.select();
  const isCopied = document.execCommand("copy");
  field.remove();
  beside.focus();
  return isCopied;
}
