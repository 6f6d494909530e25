// @ts-check
// One file sent to the server, and how much of it is there: `fetch` does not tell that.

import { answerOf, unreachable } from "../api.js";

/**
 * @param {string} path below `citewell/`
 * @param {File} file
 * @param {AbortSignal} signal
 * @param {(share: number) => void} onSent
 * @returns {Promise<unknown>}
 */
export function sendFile(path, file, signal, onSent) {
  return new Promise((resolve, reject) => {
    const sending = new XMLHttpRequest();
    sending.open("POST", new URL(`citewell/${path}`, document.baseURI));
    sending.upload.addEventListener("progress", ({ loaded, total }) => total && onSent(loaded / total));
    sending.addEventListener("error", () => reject(unreachable()));
    sending.addEventListener("abort", () => reject(unreachable()));
    sending.addEventListener("load", () => {
      try {
        resolve(answerOf(sending.status, bodyOf(sending.responseText)));
      } catch (error) {
        reject(error);
      }
    });
    signal.addEventListener("abort", () => sending.abort());
    sending.send(file);
    if (signal.aborted) sending.abort();
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
