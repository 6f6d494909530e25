// @ts-check
// The settings of this conversation. A value that is not valid is explained beside its field, and is not used.

import { messageOf, request, sendJson } from "./api.js";
import { currentId, currentSettings, setSettings, watch } from "./current-conversation.js";
import { query } from "./dom.js";

/** @typedef {HTMLInputElement | HTMLSelectElement | HTMLTextAreaElement} Field */

const TYPING_PAUSE_MS = 300;
/** @type {HTMLFormElement} */
let form;
/** @type {number | undefined} */
let timer;
/** @type {string | null} id of the conversation whose settings are in the form */
let shownId = null;

/** @param {HTMLElement} element */
export function mount(element) {
  form = query(element, "form", HTMLFormElement);
  form.addEventListener("submit", (event) => event.preventDefault());
  form.addEventListener("input", () => {
    updateDependent();
    clearTimeout(timer);
    timer = setTimeout(apply, TYPING_PAUSE_MS);
  });
  form.addEventListener("reset", () => {
    setTimeout(() => {
      fill({}); // after the browser's own reset
      apply();
    });
  });
  watch(show);
  query(form, ".cw-whole", HTMLFieldSetElement).disabled = false;
}

/** @param {string} id */
async function show(id) {
  if (id === shownId) return;
  const gotItsId = shownId === "" && id && currentSettings() !== null;
  shownId = id;
  if (gotItsId) return; // the new conversation was stored with the settings in the form
  if (!id) {
    fill({});
    return;
  }
  try {
    /** @type {ConversationResponse} */
    const { settings } = await request(`conversations/${id}`);
    if (id === shownId) fill(settings);
  } catch {
    fill({}); // the chat says what is wrong
  }
}

/** @param {ConversationSettings} settings */
function fill(settings) {
  for (const field of fields()) {
    const value = settings[field.name] ?? (field.type === "range" ? field.dataset.default : "");
    field.value = Array.isArray(value) ? value.join("\n") : String(value);
  }
  const temperature = Number(settings.temperature ?? defaultTemperature());
  answerKind().value = temperature > 0 ? "stochastic" : "deterministic";
  showProblems({});
  updateDependent();
}

/** Disable the fields that the other choices rule out: beams if stochastic, sampling if deterministic. */
function updateDependent() {
  const isStochastic = answerKind().value === "stochastic";
  query(form, ".cw-stochastic", HTMLFieldSetElement).disabled = !isStochastic;
  query(form, ".cw-deterministic", HTMLFieldSetElement).disabled = isStochastic;
  const strictness = query(form, "[name=strictness]", HTMLInputElement);
  query(form, "output", HTMLOutputElement).value = Number(strictness.value).toFixed(2);
}

/** Return the settings in the form that differ from the app's. */
function chosenSettings() {
  /** @type {ConversationSettings} */
  const chosen = {};
  for (const field of fields()) {
    const isInvalid = field.validity.badInput;
    if (field.closest("fieldset:disabled") || (field.value.trim() === "" && !isInvalid)) continue;
    if (field.type === "range" && field.value === field.dataset.default) continue;
    if (field.name === "stop") chosen.stop = field.value.split("\n").filter((line) => line !== "");
    else if (field.type === "number") chosen[field.name] = isInvalid ? "not a number" : Number(field.value);
    else if (field.type === "range") chosen[field.name] = Number(field.value);
    else chosen[field.name] = field.value;
  }
  if (answerKind().value === "deterministic") {
    if (defaultTemperature() > 0) chosen.temperature = 0;
  } else if (chosen.temperature === undefined && defaultTemperature() === 0) {
    chosen.temperature = Number(temperatureField().placeholder);
  }
  return chosen;
}

async function apply() {
  const settings = chosenSettings();
  const id = currentId();
  const problems = await check(settings, id);
  if (id !== currentId()) return;
  showProblems(problems);
  setSettings(Object.fromEntries(Object.entries(settings).filter(([name]) => !(name in problems))));
}

/**
 * Return what is wrong, by setting; "" for a request that failed. The server stores the valid ones.
 * @param {ConversationSettings} settings
 * @param {string} conversation
 * @returns {Promise<Record<string, string>>}
 */
async function check(settings, conversation) {
  try {
    /** @type {{ problems: Record<string, string> }} */
    const { problems } = await sendJson("POST", "settings", { settings, conversation });
    return problems;
  } catch (error) {
    return { "": messageOf(error) };
  }
}

/** @param {Record<string, string>} problems */
function showProblems(problems) {
  /** @type {NodeListOf<HTMLElement>} */
  const places = form.querySelectorAll(".cw-problem");
  for (const place of places) {
    const name = place.dataset.for ?? "";
    place.textContent = problems[name] ?? "";
    const field = name && form.elements.namedItem(name);
    if (field instanceof Element) field.setAttribute("aria-invalid", String(name in problems));
  }
}

/** @returns {NodeListOf<Field>} */
function fields() {
  return form.querySelectorAll("[name]:not([type=radio])");
}

function answerKind() {
  const radios = form.elements.namedItem("kind");
  if (!(radios instanceof RadioNodeList)) throw new Error("The page has no choice of the kind of answer");
  return radios;
}

function temperatureField() {
  return query(form, "[name=temperature]", HTMLInputElement);
}

function defaultTemperature() {
  return Number(temperatureField().dataset.default);
}
