// @ts-check
// The signed-in user with the sign-out button, and a notice when the session has ended while the page was open.

import { request } from "./api.js";
import { setReload } from "./current-conversation.js";
import { make, query } from "./dom.js";
import { mountHelp } from "./page/help.js";
import { mountPalette } from "./page/palette.js";
import { t } from "./page/messages.js";
import { mountTheme } from "./page/theme.js";

const SIGNED_OUT = t("You are signed out, or your sign-in has expired. Your sources and conversations are kept.");

/**
 * @param {HTMLElement} element
 * @param {() => void} onChanged
 */
export async function mount(element, onChanged) {
  setReload(onChanged);
  mountTheme(element);
  mountHelp(element);
  mountPalette(element);
  /** @type {{ user?: string, role?: string }} */
  const { user, role } = await request("me").catch(() => ({}));
  if (!user) return;
  document.body.classList.add("cw-accounts");
  document.body.classList.toggle("cw-reader", role === "reader");
  const button = make("button", { type: "submit", className: "cw-link" }, t("Sign out"));
  const name = make("span", { className: "cw-note" }, user);
  const form = make("form", { method: "post", action: "logout", className: "cw-account" }, name, " ", button);
  if (role === "owner") form.prepend(make("a", { href: "admin", className: "cw-link" }, t("Admin")), " ");
  query(element, ".cw-head", HTMLElement).append(form);
}

// Gradio reports a 401 in its own words, which do not say how to go on.
const originalFetch = window.fetch;
window.fetch = async (...values) => {
  const response = await originalFetch(...values);
  if (response.status === 401) showSignedOut();
  return response;
};

function showSignedOut() {
  if (document.querySelector(".cw-signed-out")) return;
  const link = make("a", { href: `login${location.search}` }, t("Sign in again"));
  document.body.append(make("div", { role: "alert", className: "cw-signed-out cw-error" }, SIGNED_OUT, " ", link));
}
