// @ts-check
// Tell the server of a question while it is typed or pointed at: it searches and reads meanwhile.

import { sendJson } from "../api.js";
import { closest } from "../dom.js";

const PAUSE_MS = 300;
const POINTED_MS = 150;
const MIN_CHARACTERS = 8;
const SUGGESTIONS = "#cw-chat .examples button";

let isOn = true;
let last = "";
/** @type {ReturnType<typeof setTimeout> | undefined} */
let waiting;

export function watchQuestions() {
  document.addEventListener("input", (event) => {
    const box = closest(event, "#cw-question textarea");
    if (box instanceof HTMLTextAreaElement) wait(box.value, PAUSE_MS);
  });
  for (const name of ["pointerover", "focusin"]) {
    document.addEventListener(name, (event) => {
      const suggestion = closest(event, SUGGESTIONS);
      if (suggestion) wait(suggestion.innerText, POINTED_MS);
    });
  }
}

/**
 * Send a question if no other comes for a moment.
 * @param {string} question
 * @param {number} moment
 */
function wait(question, moment) {
  clearTimeout(waiting);
  if (isOn && question.trim().length >= MIN_CHARACTERS && question !== last) {
    waiting = setTimeout(() => send(question), moment);
  }
}

/** @param {string} question */
async function send(question) {
  last = question;
  try {
    /** @type {{ on: boolean }} */
    const answer = await sendJson("POST", "read-ahead", { question, tab: window.citewell?.tabState() });
    isOn = answer.on;
  } catch {
    // The question itself will say what is wrong.
  }
}
