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
 * @param {string} key
 * @returns {string[]}
 */
export function recallList(key) {
  try {
    const kept = JSON.parse(recall(key) ?? "[]");
    return Array.isArray(kept) ? kept.filter((each) => typeof each === "string") : [];
  } catch {
    return []; // not ours
  }
}

/**
 * @param {string} key
 * @param {Iterable<string>} list
 */
export function rememberList(key, list) {
  remember(key, JSON.stringify([...list]));
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
