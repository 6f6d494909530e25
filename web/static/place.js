// Which conversation this tab has open: its id is in the address, so that reload, history and links keep it.

let turn = null; // asks the server for the conversation of the address
let chosen = null; // its settings, where they were changed here; null: as they were kept
const watchers = [];

export function current() {
  return new URLSearchParams(location.search).get("c") ?? "";
}

export function settings() {
  return chosen;
}

export function choose(values) {
  chosen = values;
}

export function mount(_element, changed) {
  turn = changed;
}

// Called with the id whenever another conversation is open, or the open one has grown; and with whether the tab has
// arrived at one that was there before it.
export function watch(watcher) {
  watchers.push(watcher);
  watcher(current(), true);
}

const NOT_KEPT = "-";

// The server has the tab's conversation under this id, or has it no more.
export function opened(said) {
  if (!said) return;
  const id = said === NOT_KEPT ? "" : said;
  if (id === current()) return;
  history.replaceState(null, "", address(id));
  tell(false);
}

// The tab's conversation has another answer.
export function grown() {
  tell(false);
}

export function go(id) {
  history.pushState(null, "", address(id));
  arrive();
}

export function address(id) {
  return id ? `?c=${encodeURIComponent(id)}` : location.pathname;
}

addEventListener("popstate", arrive);

function arrive() {
  chosen = current() ? null : {};
  turn?.();
  tell(true);
}

function tell(arrived) {
  for (const watcher of watchers) watcher(current(), arrived);
}
