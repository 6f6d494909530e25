// @ts-check
// The settings of this conversation. A value that is not valid is explained beside its field, and is not used.

import { messageOf, request, sendJson } from "./api.js";
import { currentSettings, setSettings, watch } from "./current-conversation.js";
import { query, queryAll, setText } from "./dom.js";
import { showModel } from "./page/composer.js";
import { t, tn } from "./page/messages.js";
import { mountPageSettings } from "./page/page-settings.js";
import { offerRetry, retryLine, withdrawRetry } from "./page/retry-line.js";

/** @typedef {HTMLInputElement | HTMLSelectElement | HTMLTextAreaElement} Field */

const TYPING_PAUSE_MS = 300;
/** @type {HTMLFormElement} */
let form;
/** @type {number | undefined} */
let timer; // set while an edit is not sent yet
/** @type {string | null} id of the conversation whose settings are in the form */
let shownId = null;
const failure = retryLine();
let latestRequest = 0;
let latestEdit = 0;
/** Requests run one after the other, so that the last edit is the stored one. */
let lastSave = Promise.resolve();

/** @param {HTMLElement} element */
export function mount(element) {
  mountPageSettings(element);
  form = query(element, "form", HTMLFormElement);
  form.before(failure);
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
}

/** @param {string} id */
function show(id) {
  if (id === shownId) return;
  const gotItsId = shownId === "" && id && currentSettings() !== null;
  if (!gotItsId && timer !== undefined) apply(); // for the conversation that is left
  shownId = id;
  if (!gotItsId) load(id); // else it was stored with the settings in the form
}

/**
 * Fill the form. Nothing can be edited until the stored settings are there: an edit stores all that is in the form.
 * @param {string} id
 */
async function load(id) {
  const thisRequest = ++latestRequest;
  const whole = query(form, ".cw-whole", HTMLFieldSetElement);
  withdrawRetry(failure);
  whole.disabled = Boolean(id);
  if (!id) return fill({});
  try {
    await lastSave;
    /** @type {ConversationResponse} */
    const { settings } = await request(`conversations/${id}`);
    if (thisRequest !== latestRequest) return;
    fill(settings);
    whole.disabled = false;
  } catch (error) {
    if (thisRequest !== latestRequest) return;
    fill({});
    offerRetry(failure, t("The settings of this conversation could not be loaded."), error, () => load(id));
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
  showModel(query(form, "[name=model]", HTMLSelectElement).selectedOptions[0]?.textContent.trim() ?? "");
  tellAdvanced();
}

/** Say on the closed part how many of its settings differ from the app's. */
function tellAdvanced() {
  const advanced = query(form, ".cw-advanced", HTMLElement);
  const changed = Object.entries(chosenSettings()).filter(([name, value]) => {
    const field = advanced.querySelector(`[name="${name}"]`);
    return field instanceof HTMLElement && field.dataset.default !== String(value);
  }).length;
  const text = tn("Advanced · {number} changed", "Advanced · {number} changed", changed);
  setText(query(advanced, "summary", HTMLElement), changed ? text : t("Advanced"));
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

/** Have what is in the form checked and stored, after what was sent before. */
function apply() {
  clearTimeout(timer);
  timer = undefined;
  const [settings, id, filled, edit] = [chosenSettings(), shownId ?? "", latestRequest, ++latestEdit];
  lastSave = lastSave.then(async () => {
    const isShown = () => filled === latestRequest;
    const problems = await check(settings, (isShown() && shownId) || id); // it may have got its id meanwhile
    if (!isShown() || edit !== latestEdit) return;
    showProblems(problems);
    setSettings(Object.fromEntries(Object.entries(settings).filter(([name]) => !(name in problems))));
  });
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
  for (const place of queryAll(form, ".cw-problem")) {
    const name = place.dataset.for ?? "";
    place.textContent = problems[name] ?? "";
    const field = name && form.elements.namedItem(name);
    if (field instanceof Element) field.setAttribute("aria-invalid", String(name in problems));
    const folded = name in problems && place.closest("details");
    if (folded) folded.open = true;
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
