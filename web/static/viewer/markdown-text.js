// @ts-check
// How the text of a Markdown file is drawn: items of lists hang, code stands in a box, emphasis is set, and the signs of
// all that are hidden. The text itself stays as it is, so that places in it are the same.

import { emphasised } from "./emphasis.js";
import { drawn, linesOf, unwrapped } from "./wrapped-text.js";

/** @import { Range } from "./marked-text.js" */
/** @import { Line } from "./wrapped-text.js" */
/** @typedef {{ start: number, end: number, className: string, depth: number }} Block a box of its own */
/** @typedef {{ blocks: Block[], ranges: Range[] }} Drawing */

const FENCE = /^[ \t]*(`{3,}|~{3,})[^`]*$/;
const ITEM = /^([ \t]*)([-*+]|\d{1,9}[.)])([ \t]+)(?=\S)/;
const RULE = /^ {0,3}([-*_])(?:[ \t]*\1){2,}[ \t]*$/;
const ALONE = /^[ \t]*(?:#{1,6}\s|>|\|)/; // a heading, a quotation, a row of a table: of no paragraph before it
const INDENTED = /^(?: {4}|\t)/;
const DEEPEST = 6;

/**
 * Return what is drawn otherwise than it stands there, in characters of a JavaScript string.
 * @param {string} text
 * @returns {Drawing}
 */
export function markdownDrawing(text) {
  const reader = new Reader(text);
  for (const line of linesOf(text)) reader.take(line);
  reader.endParagraph();
  return { blocks: reader.blocks, ranges: [...unwrapped(reader.prose), ...reader.ranges] };
}

class Reader {
  /** @param {string} text */
  constructor(text) {
    this.text = text;
    /** @type {Block[]} */
    this.blocks = [];
    /** @type {Range[]} */
    this.ranges = [];
    /** @type {Line[]} all but code */
    this.prose = [];
    /** @type {Line[]} */
    this.paragraph = [];
    /** @type {Block | null} */
    this.item = null;
    /** @type {number[]} columns at which the texts of the item and of those around it begin; none outside lists */
    this.columns = [];
    /** @type {{ block: Block, signs: string } | null} */
    this.fence = null;
  }

  /** @param {Line} line */
  take(line) {
    const signs = FENCE.exec(line.text)?.[1];
    if (this.fence) this.takeCode(line, signs);
    else if (signs && (this.columns.length || !INDENTED.test(line.text))) this.beginFence(line, signs);
    else this.takeProse(line);
  }

  /**
   * @param {Line} line
   * @param {string} signs
   */
  beginFence(line, signs) {
    this.endParagraph();
    this.item = null;
    this.fence = { block: this.box("cw-fence", line, 0), signs };
    this.hide(line.start, line.end + 1);
    this.prose.push({ ...line, text: "" }); // no paragraph goes on over code
  }

  /**
   * @param {Line} line
   * @param {string | undefined} signs
   */
  takeCode(line, signs) {
    if (!this.fence) return;
    this.fence.block.end = this.after(line);
    if (!signs?.startsWith(this.fence.signs) || /[^`~\s]/.test(line.text)) return;
    this.hide(line.start, line.end + 1);
    this.fence = null;
  }

  /** @param {Line} line */
  takeProse(line) {
    const isInList = this.columns.length > 0;
    this.prose.push(INDENTED.test(line.text) && !isInList ? { ...line, text: "" } : line);
    const indent = line.text.length - line.text.trimStart().length;
    const item = RULE.test(line.text) ? null : ITEM.exec(line.text);
    if (!line.text.trim()) this.endParagraph();
    else if (ALONE.test(line.text) || RULE.test(line.text)) this.takeAlone(line);
    else if (item && (indent < 4 || isInList)) this.beginItem(line, item);
    else if (this.item && (this.paragraph.length || indent >= (this.columns.at(-1) ?? 0))) this.goOn(line, indent);
    else if (isInList && indent >= (this.columns[0] ?? 0)) this.beginFurther(line, indent);
    else this.takePlain(line);
  }

  /**
   * @param {Line} line
   * @param {RegExpExecArray} found
   */
  beginItem(line, [whole, indent = "", sign = ""]) {
    this.endParagraph();
    this.leaveDeeper(indent.length);
    const isNumbered = /\d/.test(sign);
    this.item = this.box(isNumbered ? "cw-item" : "cw-item cw-bulleted", line, this.columns.length);
    this.columns.push(whole.length);
    const text = line.start + whole.length;
    this.hide(line.start, isNumbered ? line.start + indent.length : text);
    if (isNumbered) this.ranges.push(drawn("cw-ordinal", line.start + indent.length, text));
    this.paragraph = [{ start: text, end: line.end, text: line.text.slice(whole.length) }];
  }

  /**
   * Go on with the text of an item.
   * @param {Line} line
   * @param {number} indent
   */
  goOn(line, indent) {
    if (this.item) this.item.end = this.after(line);
    this.hide(line.start, line.start + indent);
    this.paragraph.push(line);
  }

  /**
   * Begin a paragraph of an item that others, or code, have come into.
   * @param {Line} line
   * @param {number} indent
   */
  beginFurther(line, indent) {
    this.endParagraph();
    this.leaveDeeper(indent);
    this.item = this.box("cw-item cw-further", line, this.columns.length - 1);
    this.goOn(line, indent);
  }

  /** @param {Line} line */
  takeAlone(line) {
    this.endParagraph();
    this.item = null;
    this.paragraph = [line];
    this.endParagraph();
  }

  /** @param {Line} line that is in no list */
  takePlain(line) {
    this.item = null;
    this.columns = [];
    if (INDENTED.test(line.text) && !this.paragraph.length) this.ranges.push(drawn("cw-code", line.start, line.end));
    else this.paragraph.push(line);
  }

  /**
   * @param {string} className
   * @param {Line} line
   * @param {number} depth
   */
  box(className, line, depth) {
    const block = { start: line.start, end: this.after(line), className, depth: Math.min(depth, DEEPEST) };
    this.blocks.push(block);
    return block;
  }

  /** @param {number} indent */
  leaveDeeper(indent) {
    while (this.columns.length && indent < (this.columns.at(-1) ?? 0)) this.columns.pop();
  }

  /** @param {Line} line */
  after(line) {
    return Math.min(line.end + 1, this.text.length);
  }

  endParagraph() {
    const [first, last] = [this.paragraph[0], this.paragraph.at(-1)];
    if (first && last) this.ranges.push(...emphasised(this.text.slice(first.start, last.end), first.start));
    this.paragraph = [];
  }

  /**
   * @param {number} start
   * @param {number} end
   */
  hide(start, end) {
    if (start < end) this.ranges.push(drawn("cw-sign", start, Math.min(end, this.text.length)));
  }
}
