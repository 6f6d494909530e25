// @ts-check
// Files on their way to the server: a few at a time, each of which can be called back.

import { answerOf, messageOf, unreachable } from "../api.js";
import { asPercent, t } from "../page/messages.js";

const AT_ONCE = 3;
/** @typedef {import("./dropped-files.js").Found} Found */
/** @typedef {{ number: number, name: string, error: string, isOnItsWay: boolean, share: number,
 *   file?: File, folder?: string, abort: AbortController }} Sending
 *  Without a file, it is a line that could not be sent at all. */

/** @type {Sending[]} */
let sending = [];
let active = 0;
let numbered = 0;
/** @type {{ changed: () => void, progressed: () => void, ended: () => void }} */
let listener;

/** @param {typeof listener} listening `progressed` is called as parts of files come there, `ended` when nothing is left to send */
export function watchSending(listening) {
  listener = listening;
}

/** Return the files that are not with the server yet, and those that never came there, with the reason. */
export function unsent() {
  return sending;
}

/**
 * Send files, in their order as far as the network keeps it.
 * @param {Found[]} found
 * @param {(file: File) => string} errorOf why a file need not be sent at all, "" if it is
 */
export function sendFiles(found, errorOf) {
  for (const { file, folder } of found) {
    const name = folder ? `${folder}/${file.name}` : file.name;
    sending.push({ ...newLine(name, errorOf(file)), file, folder });
  }
  fill();
}

/**
 * List what was not sent, with the reason.
 * @param {string} name
 * @param {string} error
 */
export function listUnsent(name, error) {
  sending.push(newLine(name, error));
}

/**
 * @param {string} name
 * @param {string} error
 * @returns {Sending}
 */
function newLine(name, error) {
  numbered += 1;
  return { number: numbered, name, error, isOnItsWay: false, share: 0, abort: new AbortController() };
}

/** @param {Sending[]} some that wait or are on their way */
export function callBack(some) {
  for (const each of some) {
    each.error ||= t("it was cancelled");
    each.abort.abort();
  }
  listener.changed();
}

export function forgetUnsent() {
  sending = sending.filter(({ error }) => !error);
}

function fill() {
  const waiting = sending.filter(({ error, isOnItsWay }) => !error && !isOnItsWay);
  for (const each of waiting.slice(0, AT_ONCE - active)) carry(each);
  listener.changed();
  if (!active) listener.ended();
}

/** @param {Sending} each */
async function carry(each) {
  const { file, folder = "", abort } = each;
  if (!file) return;
  active += 1;
  each.isOnItsWay = true;
  const named = new URLSearchParams({ name: file.name, folder });
  try {
    await sendFile(`uploads?${named}`, file, abort.signal, (share) => tell(each, share));
    sending = sending.filter((other) => other !== each);
  } catch (error) {
    each.error ||= (await readError(file)) || messageOf(error);
    each.isOnItsWay = false;
  }
  active -= 1;
  fill();
}

/**
 * Note how much of a file is there, and tell it where the percentage is another: a list is drawn each time.
 * @param {Sending} each
 * @param {number} share
 */
function tell(each, share) {
  if (asPercent(share) === asPercent(each.share)) return;
  each.share = share;
  listener.progressed();
}

/** @param {Sending} each */
export function describeSending({ isOnItsWay, share }) {
  if (!isOnItsWay) return t("waiting to be sent");
  return share ? t("sending, {share}", { share: asPercent(share) }) : t("sending");
}

/**
 * Return why the browser itself cannot read a file, "" if it can: a request with such a file fails without a reason.
 * @param {File} file
 */
async function readError(file) {
  try {
    await file.slice(0, 1).arrayBuffer();
    return "";
  } catch {
    return t("the browser cannot read it: it may be a folder, or have been moved since");
  }
}

/**
 * Send one file, and tell how much of it is there, which `fetch` does not.
 * @param {string} path below `citewell/`
 * @param {File} file
 * @param {AbortSignal} signal
 * @param {(share: number) => void} onSent
 * @returns {Promise<unknown>}
 */
function sendFile(path, file, signal, onSent) {
  return new Promise((resolve, reject) => {
    const sender = new XMLHttpRequest();
    sender.open("POST", new URL(`citewell/${path}`, document.baseURI));
    sender.upload.addEventListener("progress", ({ loaded, total }) => total && onSent(loaded / total));
    sender.addEventListener("error", () => reject(unreachable()));
    sender.addEventListener("abort", () => reject(unreachable()));
    sender.addEventListener("load", () => {
      try {
        resolve(answerOf(sender.status, bodyOf(sender.responseText)));
      } catch (error) {
        reject(error);
      }
    });
    signal.addEventListener("abort", () => sender.abort());
    sender.send(file);
    if (signal.aborted) sender.abort();
  });
}

/** @param {string} text */
function bodyOf(text) {
  try {
    return JSON.parse(text);
  } catch {
    return {}; // of a proxy, say
  }
}
