// @ts-check
// Below the chat: questions to go on with after the last answer.

import { request } from "../api.js";
import { watch } from "../current-conversation.js";
import { closest, make, query } from "../dom.js";
import { askQuestion } from "./ask.js";

/** @type {HTMLElement} */
let list;
let latestRequest = 0;

/** @param {HTMLElement} element */
export function mount(element) {
  list = query(element, "#cw-follow-ups", HTMLElement);
  list.addEventListener("click", (event) => {
    const button = closest(event, "button");
    if (button?.textContent) askQuestion(button.textContent);
  });
  watch(refresh);
  document.addEventListener("cw-asked", clear); // other ones follow that question
}

/** @param {string} id */
async function refresh(id) {
  clear();
  if (!id) return;
  const thisRequest = latestRequest;
  try {
    /** @type {{ questions: string[] }} */
    const { questions } = await request(`follow-ups?conversation=${encodeURIComponent(id)}`);
    if (thisRequest !== latestRequest) return;
    list.replaceChildren(
      ...questions.map((question) => make("button", { type: "button", className: "cw-follow-up" }, question)),
    );
    list.hidden = !questions.length;
  } catch {
    // They are an extra: the chat says what is wrong.
  }
}

function clear() {
  latestRequest++;
  list.hidden = true;
  list.replaceChildren();
}
