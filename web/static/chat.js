// The chat is Gradio's. Here is mended what a screen reader would read of it, and what a copied answer has in it.

const LABELLED = "[data-testid=bot][aria-label], [data-testid=user][aria-label]";

export function watch() {
  const observer = new MutationObserver(() => mend());
  observer.observe(document.body, { subtree: true, childList: true, attributes: true, attributeFilter: ["aria-label"] });
  document.addEventListener("click", copy, true);
  mend();
}

function mend() {
  // Gradio labels a message with its source, tags and all.
  for (const message of document.querySelectorAll(LABELLED)) {
    const label = message.dataset.testid === "bot" ? "Answer" : "Question";
    if (message.getAttribute("aria-label") !== label) message.setAttribute("aria-label", label);
  }
  // A list may only have list items in it, and these are buttons.
  document.querySelector("#cw-chat .examples[role=list]")?.setAttribute("role", "group");
  // What is edited is what was typed, not the Markdown of it in which signs are entities.
  for (const field of document.querySelectorAll("#cw-chat textarea:not([data-cw])")) {
    field.dataset.cw = "";
    field.setAttribute("aria-label", "Edit the question");
    if (!field.value.includes("&#")) continue;
    field.value = field.value.replace(/&#(\d+);/g, (_, code) => String.fromCodePoint(Number(code)));
    field.dispatchEvent(new Event("input", { bubbles: true }));
  }
}

// What is copied is what is read: numbers in brackets, marks in words, and the sources below.
function copy(event) {
  const button = event.target.closest?.("#cw-chat .message-buttons button[aria-label='Copy message']");
  const prose = button?.closest(".message-buttons").previousElementSibling?.querySelector(".prose");
  if (!prose || !navigator.clipboard) return;
  event.stopImmediatePropagation();
  event.preventDefault();
  navigator.clipboard.writeText(copied(prose));
  button.classList.add("cw-copied");
  setTimeout(() => button.classList.remove("cw-copied"), 1500);
}

export function copied(prose) {
  const sources = new Map();
  const clone = prose.cloneNode(true);
  for (const chip of clone.querySelectorAll(".cw-chip")) {
    const key = `[${chip.textContent}] ${chip.title}`;
    sources.set(key, key);
    chip.replaceWith(` [${chip.textContent}]`);
  }
  for (const mark of clone.querySelectorAll(".cw-unsupported, .cw-weak")) mark.textContent = `(${mark.textContent.replace(/^\W+/, "")})`;
  clone.style.position = "fixed"; // innerText has line breaks only of what is laid out
  clone.style.left = "-10000px";
  document.body.append(clone);
  const text = clone.innerText.trim();
  clone.remove();
  return sources.size ? `${text}\n\n${[...sources.values()].join("\n")}` : text;
}
