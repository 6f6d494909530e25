// The sources pane: what can be asked, files coming in, removal, collections.

import { make, request } from "./api.js";
import * as place from "./place.js";
import { forget } from "./viewer.js";

const POLL_MS = 600;
let left_out = new Set(); // ids of what is not asked
let open = ""; // id of the conversation that it belongs to
let known = true; // false: that conversation was just opened, and it is still asked what was left out there
let choices = 0;
let kept = Promise.resolve(); // choices are kept one after the other, so that the last one stays
let pane, changed, dialog;
let documents = [];
let uploads = [];
let largest = Infinity; // bytes
let sending = []; // {name, share} of files on their way to the server
let timer = null;
let tried = null; // the upload whose password was sent last
const forms = new Map(); // of locked uploads, by id: what is typed there outlives the next drawing

export function excluded() {
  return known ? [...left_out] : null;
}

export function mount(element, on_change) {
  pane = element;
  changed = on_change;
  dialog = pane.querySelector("dialog");
  const drop = pane.querySelector(".cw-drop");
  const input = drop.querySelector("input");
  input.disabled = false;
  input.addEventListener("change", () => {
    send([...input.files]);
    input.value = "";
  });
  for (const name of ["dragenter", "dragover"]) {
    pane.addEventListener(name, (event) => {
      event.preventDefault();
      drop.classList.add("cw-over");
    });
  }
  for (const name of ["dragleave", "drop"]) pane.addEventListener(name, () => drop.classList.remove("cw-over"));
  pane.addEventListener("drop", (event) => {
    event.preventDefault();
    send([...event.dataTransfer.files]);
  });
  pane.addEventListener("change", choose);
  pane.addEventListener("click", act);
  pane.addEventListener("submit", unlock);
  place.watch(follow);
  refresh();
}

// A conversation that is opened again has its own choice. A new one begins with what is chosen here.
async function follow(id, arrived) {
  open = id;
  if (!arrived) return;
  const mine = ++choices;
  known = !id;
  if (known) return;
  let found;
  try {
    found = await request(`conversations/${id}`);
  } catch {
    return; // the chat says what is wrong
  }
  if (mine !== choices) return; // chosen anew meanwhile
  left_out = new Set(found.excluded);
  known = true;
  draw_documents();
}

async function refresh() {
  clearTimeout(timer);
  timer = null;
  try {
    const before = versions();
    ({ documents, uploads, largest } = await request("sources"));
    draw_documents();
    if (versions() !== before) {
      forget();
      changed();
    }
  } catch (error) {
    pane.querySelector("#cw-documents").replaceChildren(make("p", { className: "cw-error" }, error.message));
  }
  draw_uploads();
  if (sending.some((each) => !each.text) || uploads.some((upload) => ["waiting", "working"].includes(upload.state))) {
    timer = setTimeout(refresh, POLL_MS);
  }
}

function versions() {
  return documents.map((each) => `${each.id} ${each.version}`).join();
}

async function send(files) {
  const waiting = files.map((file) => ({ file, name: file.name, text: too_large(file) }));
  sending.push(...waiting);
  draw_uploads();
  for (const each of waiting.filter((other) => !other.text)) {
    try {
      await request(`uploads?name=${encodeURIComponent(each.name)}`, { method: "POST", body: each.file });
    } catch (error) {
      each.text = error.message;
    }
    if (!each.text) sending = sending.filter((other) => other !== each);
    if (!timer) timer = setTimeout(refresh, 100);
  }
  await refresh();
}

// Told before gigabytes are sent in vain; the server does not rely on it.
function too_large(file) {
  return file.size > largest ? `the file is larger than the limit of ${largest / 1e6} MB (setting max_file_mb)` : "";
}

// Drawing

const ORDER = ["locked", "failed", "working", "waiting", "ready"];

function draw_uploads() {
  const progress = pane.querySelector("#cw-progress");
  const focused = progress.contains(document.activeElement) ? document.activeElement : null;
  const on_the_way = sending.map((each) => ({ ...each, state: each.text ? "failed" : "waiting", doing: "sending" }));
  const all = [...uploads, ...on_the_way].sort((one, other) => ORDER.indexOf(one.state) - ORDER.indexOf(other.state));
  const count = (...states) => all.filter((upload) => states.includes(upload.state)).length;
  const list = make("ul", { className: "cw-uploads", "aria-label": "Files coming in" }, ...all.map(upload_row));
  progress.replaceChildren(...(all.length ? [list] : []));
  forget_forms();
  focus_again(focused);
  if (all.length > 3) {
    const locked = count("locked") ? `${count("locked")} locked, ` : "";
    const said = `${count("ready")} ready, ${count("failed")} failed, ${locked}${count("waiting", "working")} to go`;
    progress.prepend(make("p", { className: "cw-note" }, said));
  }
  if (list.scrollHeight > list.clientHeight) list.tabIndex = 0; // to be scrolled by keyboard
  if (count("ready", "failed", "locked")) {
    progress.append(make("button", { type: "button", className: "cw-link", "data-do": "forget" }, "Clear this list"));
  }
}

function upload_row(upload) {
  const row = make("li", { className: `cw-${upload.state}` }, make("b", {}, upload.name), " ", make("span", {}, said_of(upload)));
  if (upload.state === "locked") row.append(password_form(upload));
  if (upload.state === "working") {
    const bar = make("progress", { max: 1, "aria-label": `Progress of ${upload.name}` });
    if (upload.share !== null) bar.value = upload.share;
    row.append(bar);
  }
  return row;
}

function said_of({ state, text, doing }) {
  if (state === "failed") return `✕ ${text}`;
  if (state === "locked") return text;
  return state === "ready" ? `✓ ready${text ? `: ${text}` : ""}` : `${doing} …`;
}

function password_form({ id, name }) {
  if (!forms.has(id)) {
    const field = make("input", { type: "password", autocomplete: "off", required: true, maxLength: 1000 });
    const label = make("label", {}, "Password", make("span", { className: "cw-unseen" }, ` of ${name}`), field);
    const button = make("button", { type: "submit", className: "cw-button" }, "Open", make("span", { className: "cw-unseen" }, ` ${name}`));
    forms.set(id, make("form", { className: "cw-password", "data-upload": id }, label, button));
  }
  return forms.get(id);
}

function forget_forms() {
  const locked = new Set(uploads.filter((upload) => upload.state === "locked").map((upload) => upload.id));
  for (const id of forms.keys()) if (!locked.has(id)) forms.delete(id);
}

// Drawing takes the focus away. A password that was wrong is typed again without looking for the field.
function focus_again(focused) {
  if (focused?.isConnected) focused.focus();
  const again = forms.get(tried);
  if (again && document.activeElement === document.body) again.querySelector("input").focus();
  if (again) tried = null;
}

function draw_documents() {
  const list = pane.querySelector("#cw-documents");
  if (!documents.length) {
    list.replaceChildren(make("p", { className: "cw-note" }, "No documents yet. Add some above."));
    return;
  }
  const focused = list.contains(document.activeElement) ? document.activeElement.dataset.key : null;
  const groups = new Map();
  for (const each of documents) groups.set(each.collection, [...(groups.get(each.collection) ?? []), each]);
  const names = [...groups.keys()].sort();
  list.replaceChildren(
    ...names.map((name) => group(name, groups.get(name), names.length > 1)),
  );
  if (focused) list.querySelector(`[data-key="${focused}"]`)?.focus();
}

function group(collection, members, named) {
  const chosen = members.filter((each) => !left_out.has(each.id)).length;
  const box = make("input", { type: "checkbox", checked: chosen > 0, "data-group": collection, "data-key": `g${collection}` });
  box.indeterminate = chosen > 0 && chosen < members.length;
  const title = named ? collection || "In no collection" : collection || "All documents";
  const head = make("label", { className: "cw-all" }, box, ` ${title} (${chosen} of ${members.length} asked)`);
  return make("div", { role: "group", "aria-label": title }, head, make("ul", { className: "cw-docs" }, ...members.map(row)));
}

function row(each) {
  const box = make("input", { type: "checkbox", checked: !left_out.has(each.id), value: each.id, "data-key": `c${each.id}` });
  const open = make("button", { type: "button", className: "cw-link cw-open cw-doc", value: `${each.id}:1:0:0:`, "data-key": `o${each.id}` }, each.name);
  box.setAttribute("aria-label", `Ask ${each.name}`);
  const move = make("button", { type: "button", className: "cw-icon", "data-do": "move", value: each.id, title: "Collection" }, "⇄");
  const remove = make("button", { type: "button", className: "cw-icon", "data-do": "remove", value: each.id, title: "Remove" }, "✕");
  move.setAttribute("aria-label", `Collection of ${each.name}`);
  remove.setAttribute("aria-label", `Remove ${each.name}`);
  const named = make("span", { className: "cw-named" }, open, make("span", { className: "cw-meta" }, each.extent));
  for (const note of each.notes) named.append(make("span", { className: "cw-meta cw-doubt" }, note));
  return make("li", {}, box, named, move, remove);
}

// Acting

function choose(event) {
  const box = event.target;
  if (box.type !== "checkbox") return;
  const ids = box.dataset.group === undefined ? [Number(box.value)] : documents.filter((each) => each.collection === box.dataset.group).map((each) => each.id);
  for (const id of ids) {
    if (box.checked) left_out.delete(id);
    else left_out.add(id);
  }
  choices++;
  known = true;
  draw_documents();
  const [talk, choice] = [open, excluded()];
  if (talk) kept = kept.then(() => keep(talk, choice));
}

async function keep(talk, choice) {
  try {
    await request(`conversations/${talk}/excluded`, {
      method: "PUT",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify({ excluded: choice }),
    });
  } catch (error) {
    complain(error);
  }
}

function act(event) {
  const button = event.target.closest("button[data-do]");
  if (!button) return;
  const each = documents.find((other) => other.id === Number(button.value));
  if (button.dataset.do === "forget") forget_finished();
  else if (button.dataset.do === "remove") confirm_removal(each);
  else if (button.dataset.do === "move") ask_collection(each);
}

async function unlock(event) {
  const form = event.target.closest("form[data-upload]");
  if (!form) return;
  event.preventDefault();
  tried = Number(form.dataset.upload);
  const field = form.querySelector("input");
  const body = JSON.stringify({ password: field.value });
  field.value = "";
  await attempt(`uploads/${tried}`, { method: "POST", headers: { "Content-Type": "application/json" }, body });
}

async function forget_finished() {
  sending = sending.filter((each) => !each.text);
  await attempt("uploads", { method: "DELETE" });
}

function confirm_removal(each) {
  const text = `Remove “${each.name}” from the library? Its text, its index entries and the uploaded file are deleted, and kept answers lose what they say and quote of it.`;
  ask(text, "Remove", false, () => {
    left_out.delete(each.id);
    return attempt(`sources/${each.id}`, { method: "DELETE" });
  });
}

function ask_collection(each) {
  const names = [...new Set(documents.map((other) => other.collection).filter(Boolean))];
  dialog.querySelector("datalist").replaceChildren(...names.map((name) => make("option", { value: name })));
  dialog.querySelector("input").value = each.collection;
  ask(`Collection of “${each.name}”; leave it empty for none.`, "Move", true, () =>
    attempt(`sources/${each.id}`, {
      method: "PATCH",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify({ collection: dialog.querySelector("input").value }),
    }),
  );
}

function ask(text, verb, with_collection, then) {
  dialog.querySelector("#cw-dialog-text").textContent = text;
  dialog.querySelector(".cw-primary").textContent = verb;
  dialog.querySelector(".cw-collection").hidden = !with_collection;
  dialog.returnValue = "cancel";
  dialog.onclose = () => dialog.returnValue === "ok" && then();
  dialog.showModal();
}

async function attempt(path, options) {
  try {
    await request(path, options);
  } catch (error) {
    complain(error);
    return;
  }
  await refresh();
}

function complain(error) {
  pane.querySelector("#cw-progress").replaceChildren(make("p", { className: "cw-error" }, error.message));
}
