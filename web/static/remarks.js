// A thumb may have a remark: it is asked for once the thumb is there, and need not be given.

import { make, request } from "./api.js";
import * as place from "./place.js";

const THUMBS = { Like: "up", Dislike: "down" };
let dialog = null;

// Heard before Gradio hears it: then the button still says what it will do.
document.addEventListener("click", (event) => {
  const button = event.target.closest?.("#cw-chat .message-buttons button");
  const thumb = THUMBS[button?.getAttribute("aria-label")]; // that of one to be taken back is another
  const id = place.current();
  if (thumb && id) ask(id, number(button), thumb);
}, true);

// Which answer a button stands below, from 1.
function number(button) {
  const answers = [...document.querySelectorAll("#cw-chat [data-testid=bot]")];
  return answers.filter((each) => each.compareDocumentPosition(button) & Node.DOCUMENT_POSITION_FOLLOWING).length;
}

function ask(id, answer, thumb) {
  dialog ??= made();
  const text = dialog.querySelector("textarea");
  text.value = "";
  dialog.querySelector("span").textContent = thumb === "up" ? "What is good about this answer?" : "What is wrong with this answer?";
  dialog.returnValue = "cancel";
  dialog.onclose = () => {
    if (dialog.returnValue !== "ok" || !text.value.trim()) return;
    request(`conversations/${id}/answers/${answer}`, {
      method: "PATCH",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify({ thumb, remark: text.value.trim() }),
    }).catch((error) => {
      dialog.querySelector(".cw-error").textContent = error.message;
      dialog.showModal();
    });
  };
  dialog.querySelector(".cw-error").textContent = "";
  dialog.showModal();
}

function made() {
  const text = make("textarea", { rows: 4, maxLength: 2000, className: "cw-search" });
  const buttons = [
    make("button", { type: "submit", value: "cancel", className: "cw-button" }, "No remark"),
    make("button", { type: "submit", value: "ok", className: "cw-button cw-primary" }, "Keep"),
  ];
  const form = make(
    "form",
    { method: "dialog" },
    make("label", {}, make("span"), text),
    make("p", { className: "cw-error", role: "alert" }),
    make("div", { className: "cw-buttons" }, ...buttons),
  );
  const made_dialog = make("dialog", { className: "cw-dialog", "aria-label": "Remark" }, form);
  (document.querySelector(".gradio-container") ?? document.body).append(made_dialog);
  return made_dialog;
}
