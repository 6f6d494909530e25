// @ts-check
// The dialog in which a conversation or a collection is shared, with what it is shared with already.

import { messageOf, request, sendJson } from "../api.js";
import { addToPage, make } from "../dom.js";
import { copyButton } from "./copy-button.js";
import { locale, t, tn } from "./messages.js";

/** @typedef {{ user: string, role?: string }} Member */
/** @typedef {{ link: string, id: string, until: string }} Link */
/**
 * @typedef {object} Target
 * @property {(shares: Shares) => { members: Member[], links: Link[] }} shown what there is of it
 * @property {(user: string, role: string) => Promise<unknown>} add
 * @property {(user: string) => Promise<unknown>} withdraw
 * @property {string} conversation its id, "" for a collection
 */

const ROLES = { reader: t("may read"), editor: t("may add and remove") };
const DAYS = Object.fromEntries([1, 7, 30, 90].map((days) => [days, tn("{number} day", "{number} days", days)]));

/**
 * @param {string} id
 * @param {string} name
 */
export function shareConversation(id, name) {
  const path = "shares/conversations";
  const title = t("Share “{name}”", { name: name || t("Without a name") });
  open(title, t("They can read its questions, answers and quotes, and those that follow."), {
    conversation: id,
    shown: ({ conversations, links }) => ({
      members: conversations.filter((each) => each.id === id),
      links: links.filter((each) => each.id === id),
    }),
    add: (user) => sendJson("PUT", path, { conversation: id, user }),
    withdraw: (user) => sendJson("DELETE", path, { conversation: id, user }),
  });
}

/** @param {string} collection */
export function shareCollection(collection) {
  const path = "shares/collections";
  const title = t("Share the collection “{collection}”", { collection });
  open(title, t("They ask its documents and see their pages."), {
    conversation: "",
    shown: ({ collections }) => ({
      members: collections.filter((each) => each.collection === collection),
      links: [],
    }),
    add: (user, role) => sendJson("PUT", path, { collection, user, role }),
    withdraw: (user) => sendJson("DELETE", path, { collection, user }),
  });
}

/**
 * @param {string} title
 * @param {string} note
 * @param {Target} target
 */
function open(title, note, target) {
  const heading = make("h2", { id: "cw-share-title", className: "cw-share-title" }, title);
  const list = make("ul", { className: "cw-docs", "aria-label": t("Shared with") });
  const problem = make("p", { className: "cw-error", role: "alert" });
  const address = make("p", { className: "cw-share-address", role: "status" });
  const close = make("button", { type: "button", className: "cw-button" }, t("Close"));
  const dialog = make("dialog", { className: "cw-dialog cw-share-dialog", "aria-labelledby": heading.id });

  /** @param {() => Promise<unknown>} change */
  async function attempt(change) {
    problem.textContent = "";
    try {
      await change();
      const { members, links } = target.shown(await request("shares"));
      const rows = [...members.map(memberRow), ...links.map(linkRow)];
      list.replaceChildren(...(rows.length ? rows : [make("li", { className: "cw-note" }, t("With nobody yet."))]));
    } catch (error) {
      problem.textContent = messageOf(error);
    }
  }

  /** @param {Member} member */
  function memberRow({ user, role }) {
    const may = role ? t("{user}, {role}", { user, role: role === "editor" ? ROLES.editor : ROLES.reader }) : user;
    return row(may, t("Withdraw from {user}", { user }), () => target.withdraw(user));
  }

  /** @param {Link} link */
  function linkRow({ link, until }) {
    const text = t("Whoever has the link, until {day}", { day: new Date(until).toLocaleDateString(locale) });
    return row(text, t("Withdraw this link"), () => request(`shares/links/${link}`, { method: "DELETE" }));
  }

  /**
   * @param {string} text
   * @param {string} label
   * @param {() => Promise<unknown>} withdraw
   */
  function row(text, label, withdraw) {
    const button = make("button", { type: "button", className: "cw-link", "aria-label": label }, t("Withdraw"));
    button.addEventListener("click", () => attempt(withdraw));
    return make("li", {}, make("span", { className: "cw-named", dir: "auto" }, text), button);
  }

  async function makeLink() {
    const sent = { conversation: target.conversation, days: Number(days.value) };
    /** @type {{ address: string }} */
    const made = await sendJson("POST", "shares/links", sent);
    const url = new URL(made.address, document.baseURI).href;
    const text = make("code", {}, url);
    const button = copyButton(t("Copy the link"), () => url);
    address.replaceChildren(t("Copy it now, it is not shown again:"), " ", text, " ", button);
  }

  const user = make("input", { type: "text", maxLength: 64, className: "cw-search", autocomplete: "off", dir: "auto" });
  const role = select(t("What they may do"), ROLES);
  const add = make("button", { type: "submit", className: "cw-button cw-primary" }, t("Share"));
  const form = make("form", { className: "cw-line" }, make("label", {}, t("Name of a user"), " ", user));
  form.append(...(target.conversation ? [] : [role]), add);
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    attempt(() => target.add(user.value, role.value)).then(() => {
      if (!problem.textContent) user.value = "";
    });
  });
  const days = select(t("How long the link lives"), DAYS, "7");
  const link = make("button", { type: "button", className: "cw-button" }, t("Make a link"));
  link.addEventListener("click", () => attempt(makeLink));
  const links = make("div", { className: "cw-line" }, days, link);
  dialog.append(heading, make("p", { className: "cw-note" }, note), list, form);
  if (target.conversation) dialog.append(links, address);
  dialog.append(problem, make("div", { className: "cw-buttons" }, close));
  close.addEventListener("click", () => dialog.close());
  dialog.addEventListener("close", () => dialog.remove());
  addToPage(dialog);
  dialog.showModal();
  attempt(async () => {});
}

/**
 * @param {string} label
 * @param {Record<string, string>} choices
 * @param {string} [chosen]
 */
function select(label, choices, chosen) {
  const options = Object.entries(choices).map(([value, text]) =>
    make("option", { value, selected: value === chosen }, text),
  );
  return make("select", { className: "cw-share-choice", "aria-label": label }, ...options);
}
