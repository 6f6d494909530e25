// @ts-check
// Several documents at once. What is chosen is no tick: ticks say what is asked. Without a choice, the bar is about all
// that the filter has found.

import { closest, query, setText } from "../dom.js";
import { t, tn } from "../page/messages.js";
import { askingFilter, clearFilter, isNarrowed } from "./facets.js";
import { allSources, sourceOf } from "./known-sources.js";
import { askCollection, confirmRemoval, tellProgress } from "./move-and-remove.js";
import { isKnown, setExcluded } from "./selection.js";

/** @type {Set<number>} */
const chosen = new Set();
/** The document that a range is counted from. */
let anchor = 0;
/** Whether a click on a name chooses it, for those without a Ctrl key. */
let isChoosing = false;
/** What is being done with many, or was; it stays until the next choice. */
let told = "";
/** @type {HTMLElement} */
let bar;
/** @type {HTMLElement} */
let toggle;
/** @type {{ redraw: () => void, shown: () => SourceDocument[], inOrder: () => number[] }} */
let list;

/**
 * @param {HTMLElement} element
 * @param {typeof list} listed
 */
export function mountChoice(element, listed) {
  list = listed;
  bar = query(element, "#cw-many", HTMLElement);
  toggle = query(element, "#cw-choose", HTMLButtonElement);
  toggle.addEventListener("click", () => choosing(!isChoosing));
  bar.addEventListener("click", (event) => act(closest(event, "button[data-many]")?.dataset.many));
  element.addEventListener("keydown", (event) => {
    const isInList = event.target instanceof Element && event.target.closest("#cw-documents");
    if (event.key === "Escape" && (isInList || event.target === toggle) && (chosen.size || isChoosing)) clear();
    if (!isInList || !(event.ctrlKey || event.metaKey)) return;
    const row = closest(event, "[data-row]")?.dataset.row ?? "";
    if (event.key === "a") choose(list.inOrder());
    else if (event.key === " " && row.startsWith("d")) toggleOne(Number(row.slice(1)));
    else return;
    event.preventDefault();
  });
  tellProgress(showProgress);
}

export function chosenIds() {
  return chosen;
}

/**
 * Return what a drag takes along with a document: all that are chosen, if it is.
 * @param {SourceDocument} source
 */
export function chosenWith(source) {
  return chosen.has(source.id) ? targets() : [source];
}

/**
 * Choose, by a click with Ctrl or Shift, or by any while choosing; return whether the click was meant for that.
 * @param {MouseEvent} event
 */
export function handleChoosing(event) {
  const name = closest(event, "button.cw-doc");
  const id = Number(name?.closest("li")?.dataset.row?.slice(1));
  const isMeant = isChoosing || event.ctrlKey || event.metaKey || event.shiftKey;
  if (!name || !isMeant) return false;
  event.stopPropagation(); // it would open the guide
  if (event.shiftKey && anchor) extendChoice(anchor, id);
  else toggleOne(id);
  return true;
}

/**
 * Choose all from one document to another, as they are listed; only the other one, if the first is not listed any more.
 * @param {number} from
 * @param {number} to
 */
export function extendChoice(from, to) {
  const ids = list.inOrder();
  const begin = ids.includes(from) ? from : to;
  const [first, last] = [ids.indexOf(begin), ids.indexOf(to)].sort((one, other) => one - other);
  anchor = from;
  choose([...chosen, ...ids.slice(first, (last ?? 0) + 1)]);
  anchor = to;
}

/** @param {number} id */
function toggleOne(id) {
  anchor = id;
  const next = new Set(chosen);
  if (!next.delete(id)) next.add(id);
  choose([...next]);
}

/** @param {number[]} ids */
function choose(ids) {
  told = "";
  chosen.clear();
  for (const id of ids) chosen.add(id);
  list.redraw();
}

/** @param {boolean} isNow */
function choosing(isNow) {
  isChoosing = isNow;
  told = "";
  if (!isNow) chosen.clear();
  list.redraw();
}

function clear() {
  if (!chosen.size && !isChoosing && !told) clearFilter();
  else choosing(false);
}

/** Return the documents that the bar is about: those chosen, or else those found. */
function targets() {
  if (chosen.size) return [...chosen].map(sourceOf).filter((each) => each !== undefined);
  return isNarrowed() ? list.shown() : [];
}

/** @param {string | undefined} action */
function act(action) {
  if (action === "clear") clear();
  if (action === "move") askCollection(targets());
  if (action === "remove") confirmRemoval(targets());
  if (action !== "ask") return;
  const asked = new Set(targets().map(({ id }) => id));
  const others = allSources().filter(({ id }) => !asked.has(id));
  setExcluded([...asked], false);
  setExcluded(
    others.map(({ id }) => id),
    true,
  );
  list.redraw();
}

export function drawChoice() {
  for (const id of chosen) if (!sourceOf(id)) chosen.delete(id);
  const those = targets();
  const isWorking = bar.hasAttribute("aria-busy");
  toggle.setAttribute("aria-pressed", String(isChoosing));
  bar.hidden = !those.length && !isNarrowed() && !isChoosing && !told;
  query(bar, "[data-many=ask]", HTMLButtonElement).disabled = !isKnown();
  query(bar, ".cw-many-do", HTMLElement).hidden = !those.length || isWorking;
  setText(query(bar, "[role=status]", HTMLElement), told || countText(those.length));
}

/** @param {number} count */
function countText(count) {
  if (chosen.size) return tn("{number} chosen", "{number} chosen", chosen.size);
  if (isChoosing) return t("Choose by a click on a name");
  const counts = { found: count, all: allSources().length };
  return askingFilter()
    ? t("{found} of {all} found; only these are asked", counts)
    : t("{found} of {all} found", counts);
}

/**
 * @param {string} text
 * @param {number | null} share
 */
function showProgress(text, share) {
  told = text;
  const meter = query(bar, "progress", HTMLProgressElement);
  meter.hidden = share === null;
  meter.value = share ?? 0;
  bar.toggleAttribute("aria-busy", share !== null);
  if (share === null && text) {
    isChoosing = false;
    chosen.clear();
  }
  drawChoice();
}
