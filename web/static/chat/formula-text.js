// @ts-check
// Drawn formulas as the text they were written as, for copies and quotes.

/** @param {Element} root in which each formula becomes its text */
export function showTex(root) {
  for (const drawn of root.querySelectorAll(".katex-display, .katex")) {
    if (!root.contains(drawn)) continue; // within one that is text already
    const tex = drawn.querySelector("annotation")?.textContent ?? "";
    drawn.replaceWith(drawn.matches(".katex-display") ? `\\[${tex}\\]` : `\\(${tex}\\)`);
  }
}
