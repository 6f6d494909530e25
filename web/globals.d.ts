// Types for the scripts in static/: the JSON that our routes send, and what Gradio's events call. Only tsc and editors
// read this file; it is not served.

interface Window {
  /** Called by the JavaScript in web/events.py. Missing until main.js has loaded. */
  citewell?: {
    tabState: () => TabState;
    setConversation: (id: string) => void;
    conversationUpdated: () => void;
    newConversation: () => void;
  };
}

/** What this tab sends with each event; `excluded` and `settings` are null where the stored ones hold. */
interface TabState {
  excluded: number[] | null;
  conversation: string;
  settings: ConversationSettings | null;
}

type ConversationSettings = Record<string, string | number | string[]>;

interface SourceDocument {
  id: number;
  name: string;
  version: string;
  notes: string[];
  extent: string;
  collection: string;
  /** Where a web page was fetched from; "" for a file. */
  address: string;
  /** What it is, in one line; "" if nothing is known. */
  about: string;
  kind: string;
  years: number[];
  language: string;
  /** It is outdated, and its file no longer exists. */
  lost: boolean;
}

interface WatchedFolder {
  path: string;
  state: "waiting" | "reading" | "watching" | "absent" | "failed";
  text: string;
}

interface FactsResponse {
  facts: Record<string, string>;
  /** Those that the user entered. */
  edited: string[];
  kinds: string[];
}

type UploadState = "waiting" | "working" | "ready" | "failed" | "locked";

interface Upload {
  id: number;
  name: string;
  state: UploadState;
  /** The current step, in words. */
  doing: string;
  /** The part that is done, 0 to 1; null if unknown. */
  share: number | null;
  text: string;
}

interface SourcesResponse {
  documents: SourceDocument[];
  uploads: Upload[];
  /** The size limit of a file, in bytes. */
  largest: number;
  /** How far outdated documents are read again, in words; "" if none are. */
  refresh: string;
  /** Endings of the names of files that are read, such as ".pdf". */
  suffixes: string[];
}

interface ConversationSummary {
  id: string;
  name: string;
  answers: number;
  running: boolean;
  updated_at: string;
}

interface ConversationResponse {
  settings: ConversationSettings;
  excluded: number[];
}

/** Left, top, right and bottom, as shares of the page's width and height. */
type Box = [left: number, top: number, right: number, bottom: number];

interface PageResponse {
  document: string;
  page: number;
  pages: number;
  text: string;
  /** The cited range of `text`, in code points. */
  start: number;
  end: number;
  headings: PageHeading[];
  tables: PageTable[];
  /** The address of the page's image; null if it has none. */
  picture: string | null;
  boxes: Box[];
  note: string;
}

/** A heading in the range `start` to `end` of the page's text, in code points. */
interface PageHeading {
  level: number;
  start: number;
  end: number;
  title: string;
}

interface PageCell {
  row: number;
  column: number;
  start: number;
  end: number;
  row_span: number;
  column_span: number;
  is_head: boolean;
}

interface PageTable {
  start: number;
  end: number;
  cells: PageCell[];
}

interface ContentsEntry {
  kind: "heading" | "table" | "figure";
  level: number;
  title: string;
  page: number;
  start: number;
  end: number;
  place: string;
}

interface DocumentOverview {
  paragraphs: string[];
  note: string;
  language: string;
  questions: string[];
}

interface ContentsResponse {
  document: string;
  overview: DocumentOverview | null;
  contents: ContentsEntry[];
  note: string;
}
