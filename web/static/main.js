// @ts-check
// What belongs to no single pane: Gradio's events, citations that open pages, one pane at a time on narrow screens.

import "./account.js";
import { watchChat } from "./chat/chat.js";
import {
  conversationUpdated,
  currentId,
  currentSettings,
  openConversation,
  setConversation,
} from "./current-conversation.js";
import { closest } from "./dom.js";
import "./chat/feedback.js";
import { watchQuestions } from "./chat/read-ahead.js";
import { excludedIds } from "./selection.js";
import { prefetch, show } from "./viewer/viewer.js";

window.citewell = {
  tabState: () => ({ excluded: excludedIds(), conversation: currentId(), settings: currentSettings() }),
  setConversation,
  conversationUpdated,
  newConversation: () => openConversation(""),
};

const CITATIONS = "button.cw-chip, button.cw-open";

// Sanitised answers have no handlers of their own, so the document listens for clicks in them.
document.addEventListener("click", (event) => {
  const citation = closest(event, CITATIONS);
  if (citation instanceof HTMLButtonElement) {
    show(citation);
    switchTo("page");
    return;
  }
  const tab = closest(event, ".cw-switch button");
  if (tab) switchTo(tab.dataset.pane);
});

for (const name of ["pointerover", "focusin"]) {
  document.addEventListener(name, (event) => {
    const citation = closest(event, CITATIONS);
    if (citation instanceof HTMLButtonElement) prefetch(citation);
  });
}

document.addEventListener("cw-close", () => switchTo("chat"));

/** @param {string | undefined} pane */
function switchTo(pane) {
  document.body.dataset.pane = pane;
  /** @type {NodeListOf<HTMLElement>} */
  const buttons = document.querySelectorAll(".cw-switch button");
  for (const button of buttons) {
    if (button.dataset.pane === pane) button.setAttribute("aria-current", "true");
    else button.removeAttribute("aria-current");
  }
}

switchTo("chat");
watchChat();
watchQuestions();
