// @ts-check
// The name of the open conversation, above the chat. The list of conversations is there only once it has been opened.

import { request } from "../api.js";
import { currentId, watch } from "../current-conversation.js";
import { t } from "./messages.js";

export function watchTitle() {
  watch(async (id) => {
    if (!id) return showName([]);
    /** @type {{ conversations: ConversationSummary[] } | null} */
    const found = await request("conversations?text=").catch(() => null); // the chat says what is wrong
    if (found) showName(found.conversations);
  });
}

/**
 * Show the name of the open conversation; one that is not among these keeps what is there.
 * @param {ConversationSummary[]} conversations
 */
export function showName(conversations) {
  const current = conversations.find(({ id }) => id === currentId());
  const title = document.querySelector("#cw-name");
  if (title && (current || !currentId())) title.textContent = current?.name || t("New conversation");
}
