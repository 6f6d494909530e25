// @ts-check
// What kinds and languages of documents are called in the language of the page.

import { locale, t } from "../page/messages.js";

/** @type {Record<string, string>} those that no report's form is named after */
const KINDS = {
  report: t("report"),
  "annual report": t("annual report"),
  "quarterly report": t("quarterly report"),
  "current report": t("current report"),
  "earnings release": t("earnings release"),
  contract: t("contract"),
  paper: t("paper"),
  manual: t("manual"),
  mail: t("mail"),
  letter: t("letter"),
  slides: t("slides"),
  spreadsheet: t("spreadsheet"),
  book: t("book"),
  form: t("form"),
  law: t("law"),
  minutes: t("minutes"),
  article: t("article"),
  other: t("other"),
};

/** @param {string} kind */
export function kindName(kind) {
  return KINDS[kind] ?? kind;
}

/** @param {string} code */
export function languageName(code) {
  try {
    return new Intl.DisplayNames([locale], { type: "language" }).of(code) ?? code;
  } catch {
    return code; // a person may enter any two letters
  }
}
