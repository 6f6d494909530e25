// @ts-check
// Texts of the scripts in the language of the page. They are written in English, and translated in the catalogues
// (docs/languages.md); the page carries the translations of its language.

const SLOT = /\{(\w+)\}/g;
/** @type {Record<string, string | Record<string, string>>} */
const translations = JSON.parse(document.getElementById("cw-messages")?.textContent || "{}");
const language = document.getElementById("cw-messages")?.dataset.language || "en";

/** The language of the page, as this browser's user writes it: en-GB, where the page is in English. */
export const locale = navigator.languages?.find((each) => each.split("-")[0] === language) ?? language;
const plural = new Intl.PluralRules(language);
const figures = new Intl.NumberFormat(locale);
const shares = new Intl.NumberFormat(locale, { style: "percent" });

/**
 * Return a text of the page, with values in place of the names in braces.
 * @param {string} text
 * @param {Record<string, string | number>} [values]
 */
export function t(text, values = {}) {
  const found = translations[text];
  return filled(typeof found === "string" ? found : text, values);
}

/**
 * Return a text in the form for a number, which stands in it as {number}.
 * @param {string} one
 * @param {string} other
 * @param {number} number
 * @param {Record<string, string | number>} [values]
 */
export function tn(one, other, number, values = {}) {
  const found = translations[one];
  const forms = typeof found === "object" ? found : { one, other };
  return filled(forms[plural.select(number)] ?? forms.other ?? other, { number, ...values });
}

/** @param {number} share between 0 and 1 */
export function asPercent(share) {
  return shares.format(share);
}

/**
 * Return a list of names as a sentence has it: "a, b and c".
 * @param {string[]} names
 */
export function listed(names) {
  return new Intl.ListFormat(locale).format(names);
}

/**
 * Return a text as it is compared: “Müller” is found by “muller”.
 * @param {string} text
 */
export function folded(text) {
  return text
    .normalize("NFKD")
    .replaceAll(/\p{Mn}/gu, "")
    .toLowerCase();
}

/** @param {string} time as the server stores it */
export function dated(time) {
  return new Date(time).toLocaleString(locale, { dateStyle: "medium", timeStyle: "short" });
}

/**
 * @param {string} text
 * @param {Record<string, string | number>} values
 */
function filled(text, values) {
  return text.replace(SLOT, (slot, name) => {
    const value = values[name];
    return value === undefined ? slot : typeof value === "number" ? figures.format(value) : value;
  });
}
