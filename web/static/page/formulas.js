// @ts-check
// Formulas in what we draw ourselves, with the KaTeX of Gradio's chat. Until it is there, and if it is not, they are text.

import { make } from "../dom.js";

/** @typedef {{ render: (tex: string, element: HTMLElement, options: object) => void }} Katex */

const OPTIONS = { throwOnError: false, maxSize: 20 };
/** @type {Promise<Katex> | null} */
let loading = null;

/**
 * Draw the formulas in an element.
 * @param {HTMLElement} root
 */
export async function drawFormulas(root) {
  /** @type {NodeListOf<HTMLElement>} */
  const found = root.querySelectorAll(".cw-tex");
  const waiting = [...found];
  if (!waiting.length) return;
  const katex = await load().catch(() => null); // the text says it too
  if (!katex) return;
  for (const element of waiting) {
    const tex = (element.textContent ?? "").slice(2, -2); // without its delimiters
    katex.render(tex, element, { ...OPTIONS, displayMode: element.classList.contains("cw-tex-block") });
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
