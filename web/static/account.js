// Who is signed in, with the way out; and what is said when that has ended while the page was open.

import { make, request } from "./api.js";
import * as place from "./place.js";

const SIGNED_OUT = "You are signed out, or your sign-in has expired. Your sources and conversations are kept. ";

export async function mount(element, changed) {
  place.mount(element, changed);
  const { user } = await request("me").catch(() => ({}));
  if (!user) return;
  const out = make("button", { type: "submit", className: "cw-link" }, "Sign out");
  const form = make("form", { method: "post", action: "logout", className: "cw-account" }, make("span", { className: "cw-note" }, user), " ", out);
  element.querySelector(".cw-head").append(form);
}

// Gradio's events fail in words of its own; ours say how to go on.
const fetched = window.fetch;
window.fetch = async (...values) => {
  const response = await fetched(...values);
  if (response.status === 401) tell();
  return response;
};

function tell() {
  if (document.querySelector(".cw-signed-out")) return;
  const again = make("a", { href: `login${location.search}` }, "Sign in again");
  document.body.append(make("div", { role: "alert", className: "cw-signed-out cw-error" }, SIGNED_OUT, again));
}
