// @ts-check
// Which of Gradio's buttons below a message does what, by its place among them: their names follow the browser's
// language, or are English in all.

import { queryAll } from "../dom.js";

/** @typedef {"copy" | "edit" | "retry" | "like" | "dislike" | "submit" | "cancel"} Action */

const OF_ANSWER_END = /** @type {Action[]} */ (["dislike", "like"]);

/**
 * Return Gradio's buttons below a message with what each does, in their order.
 * @param {Element} panel `.message-buttons`
 * @returns {[button: HTMLElement, action: Action][]}
 */
export function buttonsOf(panel) {
  const buttons = queryAll(panel, "button.icon-button");
  const actions = actionsOf(panel.previousElementSibling, buttons.length);
  return buttons.flatMap((button, at) => (actions[at] ? [[button, actions[at]]] : []));
}

/**
 * Return what a button below a message does; undefined for one that is not Gradio's.
 * @param {Element | null} button
 */
export function actionOf(button) {
  const panel = button?.closest("#cw-chat .message-buttons");
  return panel ? buttonsOf(panel).find(([each]) => each === button)?.[1] : undefined;
}

/**
 * Say whether a thumb is given: Gradio draws it in the colour of accents, and the next click withdraws it.
 * @param {HTMLElement} button
 */
export function isOn(button) {
  return button.style.color.includes("accent");
}

/**
 * @param {Element | null} message
 * @param {number} count
 * @returns {Action[]}
 */
function actionsOf(message, count) {
  if (message?.matches(".user-row")) return message.querySelector("textarea") ? ["submit", "cancel"] : ["copy", "edit"];
  const first = /** @type {Action[]} */ (["copy", "retry"]).slice(0, Math.max(1, count - OF_ANSWER_END.length));
  return [...first, ...OF_ANSWER_END];
}
