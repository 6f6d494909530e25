// The settings panel: what this conversation has of its own. A value that cannot be is explained beside its field, and
// not used until it is mended.

import { request } from "./api.js";
import * as place from "./place.js";

const WAIT_MS = 300;
let form;
let timer = null;
let shown = null; // id of the conversation whose settings the form has

export function mount(element) {
  form = element.querySelector("form");
  form.addEventListener("submit", (event) => event.preventDefault());
  form.addEventListener("input", () => {
    follow();
    clearTimeout(timer);
    timer = setTimeout(take, WAIT_MS);
  });
  form.addEventListener("reset", () => setTimeout(() => fill({}) || take()));
  place.watch(show);
  form.querySelector(".cw-whole").disabled = false;
}

async function show(id) {
  if (id === shown) return;
  const was_new = shown === "" && id && place.settings() !== null;
  shown = id;
  if (was_new) return; // its first answer was kept: the settings are those of the form
  if (!id) {
    fill({});
    return;
  }
  try {
    const { settings } = await request(`conversations/${id}`);
    if (id === shown) fill(settings);
  } catch {
    fill({}); // the chat says what is wrong
  }
}

function fill(settings) {
  for (const field of form.querySelectorAll("[name]")) {
    if (field.type === "radio") continue;
    const value = settings[field.name] ?? (field.type === "range" ? field.dataset.default : "");
    field.value = Array.isArray(value) ? value.join("\n") : value;
  }
  const temperature = settings.temperature ?? Number(form.elements.temperature.dataset.default);
  form.elements.kind.value = temperature > 0 ? "stochastic" : "deterministic";
  explain({});
  follow();
}

// What depends on what: sampling has no beams, a deterministic answer no temperature.
function follow() {
  const stochastic = form.elements.kind.value === "stochastic";
  form.querySelector(".cw-stochastic").disabled = !stochastic;
  form.querySelector(".cw-deterministic").disabled = stochastic;
  const strictness = form.elements.strictness;
  form.querySelector("output").value = Number(strictness.value).toFixed(2);
}

function values() {
  const found = {};
  for (const field of form.querySelectorAll("[name]:not([type=radio])")) {
    if (field.closest("fieldset:disabled") || (field.value.trim() === "" && !field.validity.badInput)) continue;
    if (field.type === "range" && field.value === field.dataset.default) continue;
    if (field.name === "stop") found.stop = field.value.split("\n").filter((line) => line !== "");
    else if (field.type === "number") found[field.name] = field.validity.badInput ? "not a number" : Number(field.value);
    else if (field.type === "range") found[field.name] = Number(field.value);
    else found[field.name] = field.value;
  }
  const usual = Number(form.elements.temperature.dataset.default);
  if (form.elements.kind.value === "deterministic") {
    if (usual > 0) found.temperature = 0;
  } else if (found.temperature === undefined && usual === 0) found.temperature = Number(form.elements.temperature.placeholder);
  return found;
}

async function take() {
  const chosen = values();
  const id = place.current();
  let problems;
  try {
    ({ problems } = await request("settings", {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify({ settings: chosen, conversation: id }),
    }));
  } catch (error) {
    problems = { "": error.message };
  }
  if (id !== place.current()) return;
  explain(problems);
  place.choose(Object.fromEntries(Object.entries(chosen).filter(([name]) => !(name in problems))));
}

function explain(problems) {
  for (const said of form.querySelectorAll(".cw-problem")) {
    const name = said.dataset.for;
    said.textContent = problems[name] ?? "";
    const field = name && form.elements[name];
    if (field) field.setAttribute("aria-invalid", String(name in problems));
  }
}
