// Requests to the app's own routes; an error is a sentence for people.

export async function request(path, options = {}) {
  let response;
  try {
    response = await fetch(new URL(`citewell/${path}`, document.baseURI), options);
  } catch {
    throw new Error("Citewell does not answer. Is it still running?");
  }
  const said = await response.json().catch(() => ({}));
  if (!response.ok && said.error) throw new Error(said.error);
  if (!response.ok && response.status !== 413) throw new Error(`Citewell answers with status ${response.status}.`);
  return said;
}

// An element with attributes and children; text is text, whatever is in it.
export function make(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (name in element && name !== "list") element[name] = value;
    else element.setAttribute(name, value);
  }
  element.append(...children);
  return element;
}
