// Types for the scripts in static/: the JSON that our routes send, and what Gradio's events call. Only tsc and editors
// read this file; it is not served.

interface Window {
  /** Called by the JavaScript in web/events.py. Missing until main.js has loaded. */
  citewell?: {
    tabState: () => TabState;
    setConversation: (opened: string) => void;
    conversationUpdated: () => void;
  };
  /** What was clicked last before main.js had loaded. */
  citewellClicked?: EventTarget | null;
}

/** What this tab sends with each event; `excluded` and `settings` are null where the stored ones hold. */
interface TabState {
  excluded: number[] | null;
  conversation: string;
  settings: ConversationSettings | null;
  /** The only documents that the next question is asked of; none if it is asked of all that are ticked. */
  only: number[];
  /** How many conversations it has turned to. */
  turn: number;
  /** How many states it has sent: of two, the later has the larger number. */
  sent: number;
}

type ConversationSettings = Record<string, string | number | string[]>;

interface SourceDocument {
  /** whose it is, if it is shared with the user; "" for their own */
  owner: string;
  /** whether the user may change and remove it */
  editable: boolean;
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
  /** Kind and language are named in the language of the page. */
  kind: string;
  years: number[];
  language: string;
  /** It is outdated, and its file no longer exists. */
  lost: boolean;
  /** It was read by an earlier version, and will be read again if its file is there. */
  outdated: boolean;
}

/** As it is sent: values that say nothing are left out, and `fixed` are those that the user may only read. */
type ListedDocument = Pick<SourceDocument, "id" | "name" | "version"> & Partial<SourceDocument> & { fixed?: boolean };

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
  /** null if they are as in the response whose `tag` was sent */
  documents: ListedDocument[] | null;
  tag: string;
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
  /** The page as people name it: "p. 3", "slide 2"; "" if the document has no pages. */
  place: string;
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

/** A line of a page's text: where it starts and ends, by how many quarter turns it is turned, and its box. */
type TextLine = [start: number, end: number, turns: number, left: number, top: number, right: number, bottom: number];

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

interface GuideResponse {
  document: string;
  extent: string;
  facts: Record<string, string>;
  /** HTML of our own, in which nothing of documents or models is live; "" if no overview is kept. */
  overview: string;
  /** Whether to write one at once. */
  begin: boolean;
  questions: string[];
}

interface Note {
  id: string;
  title: string;
  /** The title, or what the note is called without one. */
  shown_title: string;
  text: string;
  /** HTML of our own, as of overviews. */
  text_html: string;
  saved_html: string;
  saved: "" | "answer" | "quote";
  version: number;
}

interface ContentsResponse {
  contents: ContentsEntry[];
  note: string;
}

/** What a user shares, and what is shared with them. */
interface Shares {
  collections: { collection: string; user: string; role: string }[];
  conversations: { id: string; name: string; user: string }[];
  links: { link: string; id: string; name: string; until: string }[];
  with_me: {
    collections: { collection: string; owner: string; role: string }[];
    conversations: { id: string; name: string; owner: string }[];
  };
}
