// What belongs to no pane: chips open pages, narrow screens show one pane at a time, copied answers keep their numbers.

import "./account.js";
import { watch } from "./chat.js";
import * as place from "./place.js";
import "./remarks.js";
import { excluded } from "./sources.js";
import { prepare, show } from "./viewer.js";

// What Gradio's events tell the server, and what it tells back.
window.citewell = {
  told: () => ({ excluded: excluded(), conversation: place.current(), settings: place.settings() }),
  opened: place.opened,
  grown: place.grown,
  begin: () => place.go(""),
};

const CHIPS = "button.cw-chip, button.cw-open";

// Answers are sanitised: what is in them has no script of its own, so the document listens for them.
document.addEventListener("click", (event) => {
  const chip = event.target.closest?.(CHIPS);
  if (chip) {
    show(chip);
    switchTo("page");
    return;
  }
  const tab = event.target.closest?.(".cw-switch button");
  if (tab) switchTo(tab.dataset.pane);
});

for (const name of ["pointerover", "focusin"]) {
  document.addEventListener(name, (event) => {
    const chip = event.target.closest?.(CHIPS);
    if (chip) prepare(chip);
  });
}

document.addEventListener("cw-close", () => switchTo("chat"));

function switchTo(pane) {
  document.body.dataset.pane = pane;
  for (const button of document.querySelectorAll(".cw-switch button")) {
    if (button.dataset.pane === pane) button.setAttribute("aria-current", "true");
    else button.removeAttribute("aria-current");
  }
}

switchTo("chat");
watch();
