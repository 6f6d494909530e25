// @ts-check
// Helpers for building and querying the page.

/**
 * Return a new element. Properties are set where the element has them, attributes otherwise; text is never HTML.
 * @template {keyof HTMLElementTagNameMap} Tag
 * @param {Tag} tag
 * @param {Record<string, unknown>} [attributes]
 * @param {(Node | string)[]} children
 */
export function make(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (name in element) Reflect.set(element, name, value);
    else element.setAttribute(name, String(value));
  }
  element.append(...children);
  return element;
}

/**
 * Return the first match within `root`, which the page's HTML is known to have.
 * @template {Element} T
 * @param {ParentNode} root
 * @param {string} selector
 * @param {new () => T} type
 */
export function query(root, selector, type) {
  const found = root.querySelector(selector);
  if (!(found instanceof type)) throw new Error(`The page has no ${type.name} ${selector}`);
  return found;
}

/**
 * Return all matches within `root`.
 * @param {ParentNode} root
 * @param {string} selector
 */
export function queryAll(root, selector) {
  return [...root.querySelectorAll(selector)].filter((each) => each instanceof HTMLElement);
}

/**
 * Add what lies over the page; the page's styles hold in Gradio's container.
 * @param {HTMLElement} element
 */
export function addToPage(element) {
  (document.querySelector(".gradio-container") ?? document.body).append(element);
}

/**
 * Have an element say a text, and leave it alone if it does so already: what is set is read out, and no longer selected.
 * @param {Element} element
 * @param {string} text
 */
export function setText(element, text) {
  if (element.textContent !== text) element.textContent = text;
}

/**
 * Return the element matching `selector` that an event happened in, or null.
 * @param {Event} event
 * @param {string} selector
 */
export function closest(event, selector) {
  const found = event.target instanceof Element && event.target.closest(selector);
  return found instanceof HTMLElement ? found : null;
}

/**
 * Return 1 where text runs from left to right, else -1.
 * @param {Element} element
 */
export function reading(element) {
  return getComputedStyle(element).direction === "rtl" ? -1 : 1;
}

/**
 * Return the key of an event as text runs: ArrowRight goes on, whichever side that is, and ArrowLeft back. With Ctrl, Alt
 * or Meta it is none, "".
 * @param {KeyboardEvent} event
 * @param {Element} element
 */
export function readingKey({ key, ctrlKey, altKey, metaKey }, element) {
  if (ctrlKey || altKey || metaKey) return "";
  /** @type {Record<string, string>} */
  const mirrored = reading(element) < 0 ? { ArrowLeft: "ArrowRight", ArrowRight: "ArrowLeft" } : {};
  return mirrored[key] ?? key;
}

/**
 * Show a modal dialog, and call `onOk` if it is closed by its "ok" button.
 * @param {HTMLDialogElement} dialog
 * @param {() => void} onOk
 */
export function openDialog(dialog, onOk) {
  dialog.returnValue = "cancel"; // Escape leaves it as it is
  const cancel = dialog.querySelector("[data-do=cancel]"); // no submit button: Enter would press the first one
  if (cancel instanceof HTMLElement) cancel.onclick = () => dialog.close("cancel");
  dialog.onclose = () => {
    if (dialog.returnValue === "ok") onOk();
  };
  dialog.showModal();
}

/**
 * Make these the children of an element, and leave those alone that are there already: what is moved is drawn anew.
 * @param {HTMLElement} parent
 * @param {HTMLElement[]} children
 */
export function keepChildren(parent, children) {
  const wanted = new Set(children);
  for (const each of [...parent.childNodes]) if (!(each instanceof HTMLElement && wanted.has(each))) each.remove();
  children.forEach((each, index) => {
    if (parent.children[index] !== each) parent.insertBefore(each, parent.children[index] ?? null);
  });
}
