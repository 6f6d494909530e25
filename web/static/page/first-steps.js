// @ts-check
// Three steps for somebody who has no conversation yet: add a document, ask, open a citation. They can be left at once.

import { messageOf, request } from "../api.js";
import { currentId } from "../current-conversation.js";
import { closest, query } from "../dom.js";
import { recall, remember } from "./memory.js";
import { showTab } from "./panes.js";
import { focusQuestion } from "./palette-items.js";

const KEY = "citewell-first-steps";
const DONE = "done";
/** @type {HTMLElement} */
let steps;
/** Steps that are done, by their `data-step`. */
const done = new Set();

/** @param {HTMLElement} element */
export async function mount(element) {
  steps = query(element, "#cw-first-steps", HTMLElement);
  if (currentId() || recall(KEY) === DONE) return;
  /** @type {{ conversations: unknown[] }} */
  const { conversations } = await request("find").catch(() => ({ conversations: [{}] })); // the sources say what is wrong
  if (conversations.length || currentId()) return;
  steps.addEventListener("click", act);
  document.addEventListener("cw-asked", () => finish("ask"));
  document.addEventListener("click", (event) => closest(event, ".cw-chip, .cw-open:not(.cw-doc)") && finish("open"));
  watchDocuments();
  steps.hidden = false;
  const { name } = await request("sample").catch(() => ({ name: "" }));
  query(steps, "[data-do=sample]", HTMLElement).hidden = !name || document.body.classList.contains("cw-reader");
}

/** @param {Event} event */
function act(event) {
  const action = closest(event, "button[data-do]")?.dataset.do;
  if (action === "leave") leave();
  if (action === "ask") focusQuestion();
  if (action === "sample") addSample();
  if (action === "add") {
    showTab("sources");
    query(document, "#cw-upload input", HTMLElement).focus();
  }
}

async function addSample() {
  const button = query(steps, "[data-do=sample]", HTMLButtonElement);
  button.disabled = true;
  try {
    await request("sample", { method: "POST" });
    document.dispatchEvent(new CustomEvent("cw-sources-changed"));
  } catch (error) {
    button.disabled = false;
    query(steps, "[role=alert]", HTMLElement).textContent = messageOf(error);
  }
}

function watchDocuments() {
  const look = () => {
    if (document.querySelector("#cw-documents .cw-doc")) finish("add");
  };
  look();
  new MutationObserver(look).observe(query(document, "#cw-sources", HTMLElement), { subtree: true, childList: true });
}

/** @param {"add" | "ask" | "open"} step */
function finish(step) {
  if (done.has(step)) return;
  done.add(step);
  query(steps, `[data-step=${step}]`, HTMLElement).dataset.done = "";
  query(steps, `[data-step=${step}] .cw-unseen`, HTMLElement).hidden = false;
  if (done.size === 3) leave();
}

function leave() {
  if (steps.contains(document.activeElement)) focusQuestion();
  steps.hidden = true;
  remember(KEY, DONE);
}
