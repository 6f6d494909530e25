// @ts-check
// On paper nothing can be clicked: the quotes behind an answer's chips are printed below it.

import { saidBy } from "../chat/source-card.js";
import { make, queryAll } from "../dom.js";

export function watchPrinting() {
  addEventListener("beforeprint", () => {
    for (const answer of document.querySelectorAll("#cw-chat .bot .message-content")) answer.append(quotes(answer));
  });
  addEventListener("afterprint", () => {
    for (const list of document.querySelectorAll(".cw-printed")) list.remove();
  });
}

/** @param {Element} answer */
function quotes(answer) {
  /** @type {Map<string, HTMLElement>} */
  const rows = new Map();
  for (const chip of queryAll(answer, ".cw-chip")) {
    const number = make("span", { className: "cw-number" }, chip.textContent);
    rows.set(`${chip.textContent} ${saidBy(chip)}`, make("li", {}, number, ` ${saidBy(chip)}`));
  }
  return make("ul", { className: "cw-printed" }, ...rows.values());
}
