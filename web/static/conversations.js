// The conversations pane: listed, searched, opened, named, deleted, exported.

import { make, request } from "./api.js";
import * as place from "./place.js";

const FORMS = { html: "HTML", md: "Markdown", json: "JSON" };
const WAIT_MS = 200;
const POLL_MS = 1000;
let pane, dialog;
let timer = null;
let asked = 0;

export function mount(element) {
  pane = element;
  dialog = pane.querySelector("dialog");
  pane.querySelector(".cw-search").addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(refresh, WAIT_MS);
  });
  pane.addEventListener("click", act);
  place.watch(refresh);
}

async function refresh() {
  clearTimeout(timer);
  const list = pane.querySelector(".cw-conversations");
  const text = pane.querySelector(".cw-search").value;
  const mine = ++asked;
  try {
    const { conversations } = await request(`conversations?text=${encodeURIComponent(text)}`);
    if (mine !== asked) return; // a later question was answered meanwhile
    const none = text ? "No conversation has that in its name, a question or an answer." : "None yet: they are kept as you ask.";
    list.replaceChildren(...(conversations.length ? conversations.map(row) : [make("li", { className: "cw-note" }, none)]));
    if (conversations.some((each) => each.running)) timer = setTimeout(refresh, POLL_MS);
  } catch (error) {
    list.replaceChildren(make("li", { className: "cw-error" }, error.message));
  }
}

function row(each) {
  const open = make("a", { href: place.address(each.id), className: "cw-talk", "data-do": "open", "data-id": each.id }, each.name || "Without a name");
  const is_current = each.id === place.current();
  if (is_current) open.setAttribute("aria-current", "true");
  const answers = `${each.answers} ${each.answers === 1 ? "answer" : "answers"}`;
  const count = each.running ? `${answers}, one being written …` : `${answers}, ${new Date(each.updated_at).toLocaleString([], { dateStyle: "medium", timeStyle: "short" })}`;
  const named = make("span", { className: "cw-named" }, open, make("span", { className: "cw-meta" }, count));
  if (is_current && each.answers) named.append(exports(each));
  return make("li", {}, named, button(each, "rename", "✎", "Rename"), button(each, "delete", "✕", "Delete"));
}

function exports(each) {
  const links = Object.entries(FORMS).map(([form, title]) =>
    make("a", { href: new URL(`citewell/conversations/${each.id}/file?form=${form}`, document.baseURI).href, download: "", className: "cw-link" }, title),
  );
  return make("span", { className: "cw-exports" }, "Export: ", ...links.flatMap((link, at) => (at ? [" · ", link] : [link])));
}

function button(each, what, sign, title) {
  const made = make("button", { type: "button", className: "cw-icon", "data-do": what, "data-id": each.id, "data-name": each.name, title }, sign);
  made.setAttribute("aria-label", `${title} ${each.name}`);
  return made;
}

function act(event) {
  const found = event.target.closest("[data-do]");
  if (!found || event.ctrlKey || event.metaKey || event.shiftKey) return; // a link opens in another tab as links do
  const { id, name } = found.dataset;
  if (found.dataset.do === "open") {
    event.preventDefault();
    place.go(id);
  } else if (found.dataset.do === "rename") {
    ask("Name of this conversation", "Rename", name, (said) => change(id, { method: "PATCH", body: JSON.stringify({ name: said }) }));
  } else if (found.dataset.do === "delete") {
    ask(`Delete “${name}” with all its questions and answers? This cannot be undone.`, "Delete", null, async () => {
      await change(id, { method: "DELETE" });
      if (id === place.current()) place.go("");
    });
  }
}

async function change(id, options) {
  try {
    await request(`conversations/${id}`, { headers: { "Content-Type": "application/json" }, ...options });
  } catch (error) {
    pane.querySelector(".cw-conversations").prepend(make("li", { className: "cw-error" }, error.message));
    return;
  }
  await refresh();
}

function ask(text, verb, value, then) {
  const input = dialog.querySelector("input");
  dialog.querySelector("label span").textContent = text;
  dialog.querySelector(".cw-primary").textContent = verb;
  input.hidden = value === null;
  input.disabled = value === null;
  input.value = value ?? "";
  dialog.returnValue = "cancel";
  dialog.onclose = () => dialog.returnValue === "ok" && then(input.value);
  dialog.showModal();
}
