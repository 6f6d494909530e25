// @ts-check
// What belongs to no single pane: Gradio's events, citations that open pages, and what watches the whole page.

import "./account.js";
import { onlyIds, watchAsking } from "./chat/ask.js";
import { watchChat } from "./chat/chat.js";
import { watchCards } from "./chat/source-card.js";
import {
  conversationUpdated,
  currentId,
  currentSettings,
  currentTurn,
  openConversation,
  setConversation,
} from "./current-conversation.js";
import { closest, make } from "./dom.js";
import { watchQuestions } from "./chat/read-ahead.js";
import { openHelp } from "./page/help.js";
import { focusQuestion } from "./page/palette-items.js";
import { openPalette } from "./page/palette.js";
import { watchShortcuts } from "./page/shortcuts.js";
import { watchSelections } from "./viewer/selection-menu.js";
import { openRight, switchTo, watchPanes } from "./page/panes.js";
import { watchPrinting } from "./page/print.js";
import { watchTitle } from "./page/title.js";
import "./sources.js"; // Gradio mounts it, later
import { excludedIds } from "./sources/selection.js";
import { showGuide } from "./viewer/guide.js";
import { prefetch, show } from "./viewer/viewer.js";

let sent = 1; // a question may have been sent before this ran (web/events.py)

window.citewell = {
  tabState: () => ({
    excluded: excludedIds(),
    conversation: currentId(),
    settings: currentSettings(),
    only: onlyIds(),
    turn: currentTurn(),
    sent: ++sent,
  }),
  setConversation,
  conversationUpdated,
};

const CITATIONS = "button.cw-chip, button.cw-open";

// Sanitised answers have no handlers of their own, so the document listens for clicks in them.
document.addEventListener("click", (event) => {
  const citation = closest(event, CITATIONS);
  if (citation instanceof HTMLButtonElement) {
    openRight();
    if (citation.matches(".cw-doc")) showGuide(citation);
    else show(citation);
    switchTo("page");
    return;
  }
  if (closest(event, "button[data-do=new-conversation]")) openConversation("");
  if (closest(event, ".cw-skip")) {
    event.preventDefault();
    focusQuestion();
  }
});

for (const name of ["pointerover", "focusin"]) {
  document.addEventListener(name, (event) => {
    const citation = closest(event, CITATIONS);
    if (citation instanceof HTMLButtonElement) prefetch(citation);
  });
}

document.addEventListener("cw-close", () => switchTo("chat"));
document.addEventListener("cw-show", (event) => switchTo(event instanceof CustomEvent ? event.detail : "chat"));

/** Have the manifest asked for with the cookie of the sign-in; Gradio's own link sends none. */
function linkManifest() {
  for (const link of document.querySelectorAll("link[rel=manifest]")) link.remove();
  const attributes = { rel: "manifest", href: "manifest.json", crossOrigin: "use-credentials" };
  document.head.append(make("link", attributes));
}

linkManifest();
watchPanes();
watchTitle();
watchPrinting();
watchChat();
watchQuestions();
watchAsking();
watchSelections();
watchShortcuts({ "Ctrl+K": openPalette, "/": focusQuestion, "?": openHelp });
watchCards();

const clicked = window.citewellClicked;
const early = clicked instanceof Element ? clicked.closest(`${CITATIONS}, button[data-do=new-conversation]`) : null;
if (early instanceof HTMLElement) early.click();
