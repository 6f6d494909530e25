// @ts-check
// Requests to our own routes. Every error's message is a sentence for users.

import { t } from "./page/messages.js";

/**
 * Return the JSON that a route answers with.
 * @template T
 * @param {string} path below `citewell/`
 * @param {RequestInit} [options]
 * @returns {Promise<T>}
 */
export async function request(path, options = {}) {
  let response;
  try {
    response = await fetch(new URL(`citewell/${path}`, document.baseURI), options);
  } catch {
    throw unreachable();
  }
  return answerOf(response.status, await response.json().catch(() => ({})));
}

export function unreachable() {
  return new Error(t("Citewell does not answer. Is it still running?"));
}

/**
 * Return the JSON of an answer, or throw what it says is wrong.
 * @param {number} status
 * @param {any} body
 */
export function answerOf(status, body) {
  const isGood = status >= 200 && status < 300;
  if (!isGood && body.error) throw Object.assign(new Error(body.error), { body });
  // A rejected upload (413) is in the list of uploads, with its reason.
  if (!isGood && status !== 413)
    throw new Error(t("Citewell answers with status {status}.", { status: String(status) }));
  return body;
}

/**
 * Send a JSON body.
 * @template T
 * @param {"POST" | "PUT" | "PATCH" | "DELETE"} method
 * @param {string} path
 * @param {Record<string, unknown>} body
 * @returns {Promise<T>}
 */
export function sendJson(method, path, body) {
  return request(path, { method, headers: { "Content-Type": "application/json" }, body: JSON.stringify(body) });
}

/** @param {unknown} error */
export function messageOf(error) {
  return error instanceof Error ? error.message : String(error);
}
