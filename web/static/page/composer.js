// @ts-check
// The foot of the question's box: how many sources are asked, and the model. A click leads to where they are chosen.

import { query } from "../dom.js";
import { showTab } from "./panes.js";
import { t, tn } from "./messages.js";

/** @type {HTMLElement | null} */
let foot = null;
let scope = t("Sources");
let isPart = false;
let model = "";

/** @param {HTMLElement} element */
export function mount(element) {
  foot = element;
  query(foot, "#cw-scope", HTMLButtonElement).addEventListener("click", () => showTab("sources"));
  query(foot, "#cw-model", HTMLButtonElement).addEventListener("click", () => showTab("settings"));
  draw();
}

/**
 * @param {number} asked
 * @param {number} total
 */
export function showScope(asked, total) {
  isPart = asked < total;
  if (!total) scope = t("No sources");
  else if (isPart) scope = tn("{asked} of {number} source", "{asked} of {number} sources", total, { asked });
  else scope = tn("{number} source", "{number} sources", total);
  draw();
}

/** @param {string} name */
export function showModel(name) {
  model = name;
  draw();
}

function draw() {
  if (!foot) return;
  const button = query(foot, "#cw-scope", HTMLButtonElement);
  button.toggleAttribute("data-some", isPart);
  query(button, "span", HTMLElement).textContent = scope;
  if (model) query(foot, "#cw-model span", HTMLElement).textContent = model;
}
