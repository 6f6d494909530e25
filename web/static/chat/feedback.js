// @ts-check
// The optional remark on an answer that was given a thumb.

import { messageOf, sendJson } from "../api.js";
import { currentId } from "../current-conversation.js";
import { addToPage, closest, make, openDialog, query } from "../dom.js";
import { t } from "../page/messages.js";
import { actionOf, isOn } from "./message-buttons.js";

/** @import { Action } from "./message-buttons.js" */

/** @typedef {"up" | "down"} Thumb */

/** @type {Partial<Record<Action, Thumb>>} */
const THUMBS = { like: "up", dislike: "down" };
/** @type {HTMLDialogElement | null} */
let dialog = null;

// In the capturing phase, before Gradio changes the button: a second click withdraws the thumb.
document.addEventListener(
  "click",
  (event) => {
    const button = closest(event, "#cw-chat .message-buttons button");
    const action = button && !isOn(button) && actionOf(button);
    const thumb = action ? THUMBS[action] : undefined;
    const id = currentId();
    if (button && thumb && id) askRemark(id, answerNumber(button), thumb);
  },
  true,
);

/**
 * Return the number, from 1, of the answer that a button is below.
 * @param {Element} button
 */
export function answerNumber(button) {
  const answers = [...document.querySelectorAll("#cw-chat [data-testid=bot]")];
  return answers.filter((each) => each.compareDocumentPosition(button) & Node.DOCUMENT_POSITION_FOLLOWING).length;
}

/**
 * @param {string} id
 * @param {number} answer
 * @param {Thumb} thumb
 */
function askRemark(id, answer, thumb) {
  const shown = (dialog ??= buildDialog());
  const field = query(shown, "textarea", HTMLTextAreaElement);
  const error = query(shown, ".cw-error", HTMLElement);
  const title = thumb === "up" ? t("What is good about this answer?") : t("What is wrong with this answer?");
  query(shown, "span", HTMLElement).textContent = title;
  field.value = "";
  error.textContent = "";
  const send = async () => {
    const remark = field.value.trim();
    if (!remark) return;
    try {
      await sendJson("PATCH", `conversations/${id}/answers/${answer}`, { thumb, remark });
    } catch (problem) {
      error.textContent = messageOf(problem);
      openDialog(shown, send);
    }
  };
  openDialog(shown, send);
}

function buildDialog() {
  const field = make("textarea", { rows: 4, maxLength: 2000, className: "cw-search" });
  const buttons = [
    make("button", { type: "submit", value: "cancel", className: "cw-button" }, t("No remark")),
    make("button", { type: "submit", value: "ok", className: "cw-button cw-primary" }, t("Keep")),
  ];
  const form = make(
    "form",
    { method: "dialog" },
    make("label", {}, make("span"), field),
    make("p", { className: "cw-error", role: "alert" }),
    make("div", { className: "cw-buttons" }, ...buttons),
  );
  const built = make("dialog", { className: "cw-dialog", "aria-label": t("Remark") }, form);
  addToPage(built);
  return built;
}
