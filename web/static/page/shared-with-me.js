// @ts-check
// The conversations that others share with the user, below their own.

import { request } from "../api.js";
import { make } from "../dom.js";
import { t } from "./messages.js";

/** @type {HTMLElement | undefined} */
let pane;

/** @param {HTMLElement} list the user's own conversations */
export async function drawSharedWithMe(list) {
  /** @type {Shares | null} */
  const shares = await request("shares").catch(() => null); // the list above says what is wrong
  const conversations = shares?.with_me.conversations ?? [];
  const rows = conversations.map(({ id, name, owner }) => {
    const href = new URL(`citewell/shared/${encodeURIComponent(id)}`, document.baseURI).href;
    const link = make("a", { href, target: "_blank", className: "cw-talk", dir: "auto" }, name || t("Without a name"));
    const byline = make("span", { className: "cw-meta", dir: "auto" }, t("by {owner}", { owner }));
    return make("li", {}, make("span", { className: "cw-named" }, link, byline));
  });
  pane?.remove();
  pane = undefined;
  if (!rows.length) return;
  const heading = make("h3", { className: "cw-shared-head" }, t("Shared with you"));
  pane = make("div", { role: "group", "aria-label": t("Shared with you") }, heading);
  pane.append(make("ul", { className: "cw-docs" }, ...rows));
  list.after(pane);
}
