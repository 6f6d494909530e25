// The source viewer: the cited page beside the chat, with exactly the cited words marked.

import { make, request } from "./api.js";

const WIDTHS = [0.5, 0.75, 1, 1.25, 1.5, 2, 3, 4]; // of the pane
const FETCHED_KEPT = 40;
let section, origin; // origin: the chip or card it was opened from
let asked = null; // the target of the latest request
let shown = null; // the target that is drawn, and what the server says of it
let zoomed = 2; // index into WIDTHS
let as_text = false;
let turn = 0; // only the latest request is drawn
const fetched = new Map(); // by target: what is being, or was, fetched

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
    if (possible()[action] ?? true) ACTIONS[action]();
  });
}

export function show(chip) {
  origin = chip;
  for (const other of document.querySelectorAll(".cw-current")) other.classList.remove("cw-current");
  chip.classList.add("cw-current");
  open(target_of(chip)).then(() => section.querySelector(".cw-page").focus({ preventScroll: true }));
}

// Called when a chip is pointed at: by the time it is clicked, its page is here.
export function prepare(chip) {
  fetch_page(target_of(chip)).catch(() => {}); // the click will tell
}

// Called when documents were added, replaced or removed: what was fetched may not be true any more.
export function forget() {
  fetched.clear();
}

function target_of(chip) {
  const [id, page, start, end, quote] = chip.value.split(":");
  return { id, page: Number(page), start, end, quote };
}

function fetch_page(target) {
  const { id, page, start, end, quote } = target;
  const key = [id, page, start, end, quote].join(":");
  if (!fetched.has(key)) {
    const fetching = request(`pages/${id}/${page}?start=${start}&end=${end}&quote=${quote}`).then(async (said) => {
      const image = said.picture && (await load(said.picture, 1).catch(() => null));
      return { ...target, ...said, image };
    });
    fetching.catch(() => fetched.delete(key));
    fetched.set(key, fetching);
    if (fetched.size > FETCHED_KEPT) fetched.delete(fetched.keys().next().value);
  }
  return fetched.get(key);
}

async function load(picture, width) {
  const scale = Math.min(3, Math.ceil(width * Math.max(1.5, window.devicePixelRatio)));
  const image = make("img", { alt: "", src: `${picture}&scale=${scale}` });
  await image.decode();
  return image;
}

async function open(target) {
  const mine = ++turn;
  asked = target;
  section.hidden = false;
  document.querySelector("#cw-quotes").hidden = true;
  section.setAttribute("aria-busy", "true");
  try {
    const said = await fetch_page(target);
    if (mine !== turn) return;
    shown = said;
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
}

function draw() {
  const of = shown.pages > 1 ? ` · ${shown.page} of ${shown.pages}` : "";
  section.querySelector(".cw-viewer-title").textContent = `${shown.document}${of}`;
  section.querySelector(".cw-viewer-note").textContent = shown.note;
  const page = section.querySelector(".cw-page");
  page.style.setProperty("--cw-zoom", WIDTHS[zoomed]);
  page.replaceChildren(shown.image && !as_text ? picture_of(shown) : text_of(shown));
  page.scrollTo(0, 0);
  page.querySelector(".cw-box, mark")?.scrollIntoView({ block: "center", inline: "nearest" });
}

function picture_of({ image, boxes, page, text, start, end }) {
  image.alt = `Page ${page}`;
  const percent = (share) => `${share * 100}%`;
  const frames = apart(boxes).map(([left, top, right, bottom]) => {
    const frame = make("div", { className: "cw-box" });
    Object.assign(frame.style, { left: percent(left), top: percent(top), width: percent(right - left), height: percent(bottom - top) });
    return frame;
  });
  const cited = [...text].slice(start, end).join("");
  const said = cited ? [make("p", { className: "cw-unseen" }, `Cited: ${cited}`)] : []; // for who cannot see the picture
  return make("div", { className: "cw-picture" }, image, ...frames, ...said);
}

// Boxes of lines set closely overlap: between two, the frame runs halfway, through the words of neither.
function apart(boxes) {
  const drawn = boxes.map((box) => [...box]);
  for (let at = 1; at < drawn.length; at++) {
    const [before, after] = [drawn[at - 1], drawn[at]];
    const overlap = before[3] - after[1];
    const height = Math.min(before[3] - before[1], after[3] - after[1]);
    const is_below = after[1] > before[1] && after[0] < before[2] && before[0] < after[2];
    if (is_below && overlap > 0 && overlap < height) before[3] = after[1] = after[1] + overlap / 2;
  }
  return drawn;
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
  const page = asked.page + step;
  if (shown && page >= 1 && page <= shown.pages) open({ id: asked.id, page, start: 0, end: 0, quote: "" });
}

async function zoom(step) {
  zoomed += step;
  section.querySelector(".cw-page").style.setProperty("--cw-zoom", WIDTHS[zoomed]);
  enable();
  if (!shown?.image) return;
  const of = shown;
  const sharper = await load(of.picture, WIDTHS[zoomed]).catch(() => null);
  if (!sharper || shown !== of) return;
  sharper.alt = of.image.alt;
  of.image.replaceWith(sharper);
  of.image = sharper;
}

function toggle_text() {
  as_text = !as_text;
  draw();
  enable();
}

function close() {
  section.hidden = true;
  document.querySelector("#cw-quotes").hidden = false;
  document.dispatchEvent(new CustomEvent("cw-close"));
  if (origin?.isConnected) origin.focus();
}

function possible() {
  const all = neighbours();
  const at = all.indexOf(origin);
  return {
    "cited-before": at > 0,
    "cited-after": at >= 0 && at < all.length - 1,
    "page-before": Boolean(shown) && shown.page > 1,
    "page-after": Boolean(shown) && shown.page < shown.pages,
    smaller: zoomed > 0,
    larger: zoomed < WIDTHS.length - 1,
  };
}

function enable() {
  for (const [name, can] of Object.entries(possible())) section.querySelector(`[data-do=${name}]`).disabled = !can;
  const toggle = section.querySelector("[data-do=as-text]");
  toggle.hidden = !shown?.image;
  toggle.setAttribute("aria-pressed", String(as_text));
}

const ACTIONS = {
  close,
  "cited-before": () => step_citation(-1),
  "cited-after": () => step_citation(1),
  "page-before": () => step_page(-1),
  "page-after": () => step_page(1),
  "as-text": toggle_text,
  smaller: () => zoom(-1),
  larger: () => zoom(1),
};

const KEYS = { Escape: "close", PageUp: "page-before", PageDown: "page-after", "[": "cited-before", "]": "cited-after", "+": "larger", "-": "smaller" };
