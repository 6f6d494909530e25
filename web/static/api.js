// @ts-check
// Requests to our own routes. Every error's message is a sentence for users.

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
    throw new Error("Citewell does not answer. Is it still running?");
  }
  const body = await response.json().catch(() => ({}));
  if (!response.ok && body.error) throw new Error(body.error);
  // A rejected upload (413) is in the list of uploads, with its reason.
  if (!response.ok && response.status !== 413) throw new Error(`Citewell answers with status ${response.status}.`);
  return body;
}

/**
 * Send a JSON body.
 * @template T
 * @param {"POST" | "PUT" | "PATCH"} method
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
