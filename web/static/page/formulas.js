// @ts-check
// Formulas in what we draw ourselves, with the KaTeX of Gradio's chat: until it is there, and if it is not, they are text.
// For copies and quotes, drawn ones as the text they were written as.

import { make, queryAll } from "../dom.js";

/** @typedef {{ render: (tex: string, element: HTMLElement, options: object) => void }} Katex */

const OPTIONS = { throwOnError: false, maxSize: 20 };
/** @type {Promise<Katex> | null} */
let loading = null;

/** @param {HTMLElement} root */
export async function drawFormulas(root) {
  const waiting = queryAll(root, ".cw-tex");
  if (!waiting.length) return;
  const katex = await load().catch(() => null); // the text says it too
  if (!katex) return;
  for (const element of waiting) {
    const tex = (element.textContent ?? "").slice(2, -2); // without its delimiters
    katex.render(tex, element, { ...OPTIONS, displayMode: element.classList.contains("cw-tex-block") });
  }
}

/** @param {Element} root in which each formula becomes its text */
export function showTex(root) {
  for (const drawn of root.querySelectorAll(".katex-display, .katex")) {
    if (!root.contains(drawn)) continue; // within one that is text already
    const tex = drawn.querySelector("annotation")?.textContent ?? "";
    drawn.replaceWith(drawn.matches(".katex-display") ? `\\[${tex}\\]` : `\\(${tex}\\)`);
  }
}

/** @returns {Promise<Katex>} */
function load() {
  if (loading) return loading;
  const address = (/** @type {string} */ suffix) => new URL(`citewell/katex.${suffix}`, document.baseURI).href;
  document.head.append(make("link", { rel: "stylesheet", href: address("css") }));
  loading = import(address("js")).then((module) => module.default);
  loading.catch(() => (loading = null));
  return loading;
}
