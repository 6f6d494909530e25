// @ts-check
// Light, dark, or as the system is: chosen in the head, kept in this browser. first-paint.js makes the page so, and the
// server those without scripts.

import { query } from "../dom.js";
import { icon } from "./icons.js";
import { recall, remember, tellServer } from "./memory.js";
import { t } from "./messages.js";

/** @typedef {"system" | "light" | "dark"} Theme */

const KEY = "citewell-theme";
/** @type {Record<Theme, { icon: string, next: Theme, name: string }>} */
const THEMES = {
  system: { icon: "monitor", next: "light", name: t("as the system") },
  light: { icon: "sun", next: "dark", name: t("light") },
  dark: { icon: "moon", next: "system", name: t("dark") },
};

/** @param {HTMLElement} element with the button */
export function mountTheme(element) {
  const button = query(element, "#cw-theme", HTMLButtonElement);
  const draw = () => {
    const { icon: name, name: theme, next } = THEMES[chosen()];
    button.replaceChildren(icon(name));
    button.setAttribute("aria-label", t("Theme: {theme}", { theme }));
    button.title = t("Theme: {theme}. A click makes it {next}.", { theme, next: THEMES[next].name });
  };
  button.addEventListener("click", () => {
    const next = THEMES[chosen()].next;
    remember(KEY, next);
    tell();
    document.documentElement.dataset.chosen = next;
    dispatchEvent(new Event("cw-theme"));
    draw();
  });
  if (chosen() !== "system") tell(); // it may have been chosen before there was a cookie
  draw();
}

function tell() {
  const theme = chosen();
  tellServer(KEY, theme === "system" ? "" : theme);
}

/** @returns {Theme} */
function chosen() {
  const kept = recall(KEY);
  return kept === "light" || kept === "dark" ? kept : "system";
}
