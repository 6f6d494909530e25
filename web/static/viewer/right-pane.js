// @ts-check
// What the right pane shows: the guide of a source, a page of it, or the quotes of an answer. Those of the latest one come
// from the server with it, those of an earlier one are asked for.

import { messageOf, request } from "../api.js";
import { currentId } from "../current-conversation.js";
import { make, query } from "../dom.js";
import { t } from "../page/messages.js";

const earlier = make("section", { id: "cw-earlier", "aria-label": t("Quotes of an earlier answer"), hidden: true });
let showsEarlier = false;
let latestRequest = 0;

export function mountQuotesPane() {
  latest().after(earlier);
}

/** @param {"quotes" | "guide" | "viewer"} view */
export function showView(view) {
  for (const each of ["guide", "viewer"]) {
    const element = document.getElementById(`cw-${each}`);
    if (element) element.hidden = each !== view;
  }
  latest().hidden = view !== "quotes" || showsEarlier;
  earlier.hidden = view !== "quotes" || !showsEarlier;
}

/** @param {"guide" | "viewer"} view */
export function isShown(view) {
  return document.getElementById(`cw-${view}`)?.hidden === false;
}

export function showLatestQuotes() {
  showsEarlier = false;
  showView("quotes");
}

/**
 * Show the quotes of the answer that a citation stands in; the same ones as before if it stands in none.
 * @param {HTMLElement | null} citation
 */
export function showQuotesOf(citation) {
  const answers = [...document.querySelectorAll("#cw-chat [data-testid=bot]")];
  const index = answers.findIndex((answer) => citation && answer.contains(citation));
  if (index >= 0) showsEarlier = index < answers.length - 1;
  if (index >= 0 && showsEarlier) load(index + 1);
  showView("quotes");
}

/**
 * Load the quotes of an answer into their place. By the time they come, a page may be shown instead.
 * @param {number} number
 */
async function load(number) {
  const thisRequest = ++latestRequest;
  earlier.replaceChildren();
  try {
    /** @type {{ html: string }} */
    const { html } = await request(`conversations/${currentId()}/answers/${number}/quotes`);
    if (thisRequest === latestRequest) earlier.innerHTML = html; // of our own template, in which everything is escaped
  } catch (error) {
    const said = make("p", { className: "cw-error", role: "alert" }, messageOf(error));
    if (thisRequest === latestRequest) earlier.replaceChildren(said);
  }
}

function latest() {
  return query(document, "#cw-quotes", HTMLElement);
}
