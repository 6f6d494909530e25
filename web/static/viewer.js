// The source viewer: the cited page beside the chat, with exactly the cited words marked.

import { make, request } from "./api.js";

const SCALES = [0.6, 0.8, 1, 1.25, 1.5, 2, 3];
let section, origin; // origin: the chip or card it was opened from
let shown = null; // {id, page, start, end} and what the server says of it
let scale = 2; // index into SCALES
let turn = 0; // only the latest request is drawn

export function mount(element) {
  section = element.querySelector("#cw-viewer");
  section.addEventListener("click", (event) => {
    const button = event.target.closest("button[data-do]");
    if (button) ACTIONS[button.dataset.do]();
  });
  section.addEventListener("keydown", (event) => {
    const action = KEYS[event.key];
    if (!action || event.ctrlKey || event.altKey || event.metaKey) return;
    event.preventDefault();
    ACTIONS[action]();
  });
}

export function show(chip) {
  origin = chip;
  for (const other of document.querySelectorAll(".cw-current")) other.classList.remove("cw-current");
  chip.classList.add("cw-current");
  const [id, page, start, end] = chip.value.split(":").map(Number);
  open({ id, page, start, end });
}

async function open(target) {
  const mine = ++turn;
  document.querySelector("#cw-quotes").hidden = true;
  section.hidden = false;
  section.setAttribute("aria-busy", "true");
  try {
    const said = await request(`pages/${target.id}/${target.page}?start=${target.start}&end=${target.end}`);
    if (mine !== turn) return;
    shown = { ...target, ...said };
    draw();
  } catch (error) {
    if (mine !== turn) return;
    shown = null;
    section.querySelector(".cw-viewer-title").textContent = "";
    section.querySelector(".cw-viewer-note").textContent = error.message;
    section.querySelector(".cw-page").replaceChildren();
  }
  section.removeAttribute("aria-busy");
  enable();
  section.querySelector(".cw-page").focus({ preventScroll: true });
}

function draw() {
  const of = shown.pages > 1 ? ` · ${shown.page} of ${shown.pages}` : "";
  section.querySelector(".cw-viewer-title").textContent = `${shown.document}${of}`;
  section.querySelector(".cw-viewer-note").textContent = shown.note ?? "";
  const page = section.querySelector(".cw-page");
  page.style.setProperty("--cw-scale", SCALES[scale]);
  page.replaceChildren(text_of(shown));
  page.scrollTop = 0;
  page.querySelector("mark")?.scrollIntoView({ block: "center" });
}

function text_of({ text, start, end }) {
  const characters = [...text]; // offsets count code points
  const part = (from, to) => characters.slice(from, to).join("");
  const marked = end > start ? [make("mark", {}, part(start, end))] : [];
  return make("div", { className: "cw-text" }, part(0, start), ...marked, part(end));
}

// Citations of the same answer, in the order they stand there.
function neighbours() {
  const within = origin?.isConnected && origin.closest(".message, #cw-quotes, #cw-documents");
  return within ? [...within.querySelectorAll("button.cw-chip, button.cw-open")] : [];
}

function step_citation(step) {
  const all = neighbours();
  const next = all[all.indexOf(origin) + step];
  if (next) show(next);
}

function step_page(step) {
  if (!shown) return;
  const page = shown.page + step;
  if (page >= 1 && page <= shown.pages) open({ id: shown.id, page, start: 0, end: 0 });
}

function zoom(step) {
  scale = Math.max(0, Math.min(SCALES.length - 1, scale + step));
  section.querySelector(".cw-page").style.setProperty("--cw-scale", SCALES[scale]);
  enable();
}

function close() {
  section.hidden = true;
  document.querySelector("#cw-quotes").hidden = false;
  document.dispatchEvent(new CustomEvent("cw-close"));
  if (origin?.isConnected) origin.focus();
}

function enable() {
  const all = neighbours();
  const at = all.indexOf(origin);
  const possible = {
    "cited-before": at > 0,
    "cited-after": at >= 0 && at < all.length - 1,
    "page-before": shown && shown.page > 1,
    "page-after": shown && shown.page < shown.pages,
    smaller: scale > 0,
    larger: scale < SCALES.length - 1,
  };
  for (const [name, can] of Object.entries(possible)) section.querySelector(`[data-do=${name}]`).disabled = !can;
}

const ACTIONS = {
  close,
  "cited-before": () => step_citation(-1),
  "cited-after": () => step_citation(1),
  "page-before": () => step_page(-1),
  "page-after": () => step_page(1),
  smaller: () => zoom(-1),
  larger: () => zoom(1),
};

const KEYS = { Escape: "close", PageUp: "page-before", PageDown: "page-after", "[": "cited-before", "]": "cited-after", "+": "larger", "-": "smaller" };
