// @ts-check
// The guide of a source: what it is, an overview that is written as one looks, questions to ask, and the contents.

import { messageOf, request } from "../api.js";
import { askQuestion, restrictTo } from "../chat/ask.js";
import { closest, make, query } from "../dom.js";
import { chosenPlace, contentsList, fetchContents } from "./contents.js";
import { showView } from "./right-pane.js";
import { targetOf } from "./target.js";
import { openPlace, show } from "./viewer.js";
import { drawFormulas } from "../page/formulas.js";
import { t } from "../page/messages.js";

/** @type {HTMLElement} */
let section;
/** @type {HTMLButtonElement | null} the document's button that the guide was opened from */
let origin = null;
let documentId = "";
let latestRequest = 0;
let isWriting = false;

/** @type {Record<string, () => void>} by the buttons' data-do */
const ACTIONS = {
  close,
  open: () => origin && show(origin),
  write: () => write(++latestRequest),
  stop,
};

/** @param {HTMLElement} element */
export function mount(element) {
  section = query(element, "#cw-guide", HTMLElement);
  section.addEventListener("click", (event) => {
    ACTIONS[closest(event, "button[data-do]")?.dataset.do ?? ""]?.();
    const place = chosenPlace(event);
    if (place) openPlace({ id: documentId, ...place, quote: "" });
    const question = closest(event, "button[data-question]")?.dataset.question;
    if (question) ask(question);
  });
  document.addEventListener("cw-asked", leave); // the machine is for that question now
  section.addEventListener("keydown", (event) => {
    if (event.key === "Escape") close();
  });
}

/** @param {HTMLButtonElement} button of the list of documents */
export async function showGuide(button) {
  leave();
  origin = button;
  documentId = targetOf(button).id;
  const [thisRequest, id] = [++latestRequest, documentId];
  draw({ document: button.textContent ?? "", extent: "", facts: {}, overview: "", begin: false, questions: [] });
  showView("guide");
  section.focus({ preventScroll: true });
  section.scrollTo(0, 0);
  drawContents(id, thisRequest);
  try {
    /** @type {GuideResponse} */
    const guide = await request(`guide/${id}`);
    if (thisRequest !== latestRequest) return;
    draw(guide);
    setWriting(false, !guide.overview);
    if (guide.begin) await write(thisRequest);
  } catch (error) {
    if (thisRequest === latestRequest) part(".cw-guide-state").textContent = messageOf(error);
  }
}

/** @param {GuideResponse} guide */
function draw({ document: name, extent, facts, overview, questions }) {
  part("#cw-guide-title").textContent = name;
  part(".cw-guide-extent").textContent = extent;
  const rows = Object.entries(facts).flatMap(([fact, value]) => [
    make("dt", {}, fact),
    make("dd", { dir: "auto" }, value),
  ]);
  part(".cw-guide-facts").replaceChildren(...rows);
  drawOverview(overview);
  part(".cw-guide-state").textContent = "";
  const buttons = questions.map((question) =>
    make("button", { type: "button", className: "cw-follow-up", "data-question": question }, question),
  );
  part(".cw-guide-list").replaceChildren(...buttons);
  part(".cw-guide-questions").hidden = !buttons.length;
}

/** @param {string} html of our own, in which nothing of documents or models is live */
function drawOverview(html) {
  part(".cw-guide-text").innerHTML = html;
  drawFormulas(part(".cw-guide-text"));
}

/**
 * @param {string} id
 * @param {number} thisRequest
 */
async function drawContents(id, thisRequest) {
  part(".cw-guide-contents").hidden = true;
  const found = await fetchContents(id).catch(() => null); // the guide itself says what is wrong
  if (thisRequest !== latestRequest || !found?.contents.length) return;
  query(section, ".cw-guide-contents ul", HTMLElement).replaceWith(contentsList(found));
  part(".cw-guide-contents").hidden = false;
}

/**
 * Have the overview written, and show it as it comes.
 * @param {number} thisRequest
 */
async function write(thisRequest) {
  const path = `guide/${documentId}/overview`;
  setWriting(true);
  try {
    await request(path, { method: "POST" });
    for (let seen = 0, writing = true; writing;) {
      /** @type {{ html: string, seen: number, writing: boolean }} */
      const found = await request(`${path}?seen=${seen}`);
      if (thisRequest !== latestRequest) return;
      ({ seen, writing } = found);
      drawOverview(found.html);
    }
    setWriting(false);
    /** @type {GuideResponse} */
    const { overview } = await request(path.replace("/overview", ""));
    if (thisRequest === latestRequest) setWriting(false, !overview);
  } catch (error) {
    if (thisRequest !== latestRequest) return;
    setWriting(false, true);
    part(".cw-guide-state").textContent = messageOf(error);
  }
}

/**
 * @param {boolean} writing
 * @param {boolean} [canWrite] offer to write one
 */
function setWriting(writing, canWrite = false) {
  isWriting = writing;
  part(".cw-guide-state").textContent = writing ? t("An overview is being written …") : "";
  part("[data-do=stop]").hidden = !writing;
  part("[data-do=write]").hidden = writing || !canWrite;
}

function stop() {
  request(`guide/${documentId}/overview`, { method: "DELETE" }).catch((error) => {
    part(".cw-guide-state").textContent = messageOf(error);
  });
}

/** @param {string} question */
function ask(question) {
  const name = part("#cw-guide-title").textContent ?? "";
  close();
  restrictTo([{ id: Number(documentId), name }]);
  askQuestion(question);
}

/** What is written for a guide that nobody looks at any more would only keep the machine busy. */
function leave() {
  if (isWriting) stop();
  isWriting = false;
  latestRequest++;
}

function close() {
  leave();
  showView("quotes");
  document.dispatchEvent(new CustomEvent("cw-close"));
  if (origin?.isConnected) origin.focus();
}

/** @param {string} selector */
function part(selector) {
  return query(section, selector, HTMLElement);
}
