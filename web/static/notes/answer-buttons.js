// @ts-check
// A button below each answer that saves it as a note.

import { answerNumber } from "../chat/feedback.js";
import { currentId } from "../current-conversation.js";
import { closest, make } from "../dom.js";
import { icon } from "../page/icons.js";
import { saveNote } from "./save-note.js";
import { t } from "../page/messages.js";

const BUTTONS = "#cw-chat .bot-row + .message-buttons";

export function watchAnswerButtons() {
  new MutationObserver(addButtons).observe(document.body, { subtree: true, childList: true });
  document.addEventListener("click", (event) => {
    const button = closest(event, ".cw-save");
    if (button && currentId()) saveNote({ conversation: currentId(), answer: answerNumber(button) });
  });
}

function addButtons() {
  for (const buttons of document.querySelectorAll(BUTTONS)) {
    if (buttons.querySelector(".cw-save")) continue;
    const attributes = { type: "button", className: "cw-icon cw-save", title: t("Save this answer as a note") };
    const button = make("button", attributes, icon("bookmark"));
    button.setAttribute("aria-label", t("Save as note"));
    (buttons.querySelector(".icon-button-wrapper") ?? buttons).append(button);
  }
}
