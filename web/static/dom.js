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
 * Return the element matching `selector` that an event happened in, or null.
 * @param {Event} event
 * @param {string} selector
 */
export function closest(event, selector) {
  const found = event.target instanceof Element && event.target.closest(selector);
  return found instanceof HTMLElement ? found : null;
}

/**
 * Show a modal dialog, and call `onOk` if it is closed by its "ok" button.
 * @param {HTMLDialogElement} dialog
 * @param {() => void} onOk
 */
export function openDialog(dialog, onOk) {
  dialog.returnValue = "cancel"; // Escape leaves it as it is
  dialog.onclose = () => {
    if (dialog.returnValue === "ok") onOk();
  };
  dialog.showModal();
}
