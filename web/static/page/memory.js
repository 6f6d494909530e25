// @ts-check
// What this browser keeps of how the page looks. Without storage (blocked, or full) a choice holds until a reload.

const YEAR_S = 365 * 24 * 3600;
/** @type {Map<string, string>} */
const unsaved = new Map();

/** @param {string} key */
export function recall(key) {
  const held = unsaved.get(key);
  if (held !== undefined) return held;
  try {
    return localStorage.getItem(key);
  } catch {
    return null; // the browser allows no storage
  }
}

/**
 * @param {string} key
 * @param {string} value
 */
export function remember(key, value) {
  try {
    localStorage.setItem(key, value);
  } catch {
    unsaved.set(key, value);
  }
}

/**
 * Return what was remembered as JSON; undefined if there is nothing that could be.
 * @param {string} key
 * @returns {unknown}
 */
export function recallJson(key) {
  try {
    return JSON.parse(recall(key) ?? "");
  } catch {
    return undefined; // none, or not ours
  }
}

/**
 * Keep a choice in a cookie, for what the server makes without scripts.
 * @param {string} name
 * @param {string} value "" forgets it
 */
export function tellServer(name, value) {
  const { pathname } = new URL(document.baseURI);
  document.cookie = `${name}=${value}; path=${pathname}; max-age=${value ? YEAR_S : 0}; samesite=lax`;
}
