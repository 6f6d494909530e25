// @ts-check
// The files in what was dropped or chosen: folders are walked, and each file keeps its path in its folder.

/** @typedef {{ file: File, folder: string }} Found a file, and the path of the folder it is in ("" for none) */
/** @typedef {{ found: Found[], leftOut: number }} Dropped `leftOut` counts files of formats that are not read */

export const MAX_FILES = 5000;
/** Kind of what is dragged if it is documents of the list, and no files. */
export const DRAGGED = "application/x-citewell-sources";

/**
 * Return the files of a drop. The entries are taken at once: after the event they are gone.
 * @param {DataTransfer} carried
 * @param {() => Promise<void>} loadLimits what has to be known before `isReadable` is asked
 * @param {(name: string) => boolean} isReadable
 * @returns {Promise<Dropped>}
 */
export async function droppedFiles(carried, loadLimits, isReadable) {
  const entries = [...carried.items].map((item) => item.webkitGetAsEntry?.() ?? null);
  const files = [...carried.files];
  await loadLimits();
  if (!entries.some((entry) => entry?.isDirectory)) return plain(files);
  /** @type {Dropped} */
  const dropped = { found: [], leftOut: 0 };
  for (const entry of entries) if (entry) await walk(entry, "", dropped, isReadable);
  return dropped;
}

/**
 * Return the files of a folder that was chosen in a dialog.
 * @param {File[]} files
 * @param {(name: string) => boolean} isReadable
 * @returns {Dropped}
 */
export function chosenFolder(files, isReadable) {
  const visible = files.filter((file) => !file.webkitRelativePath.split("/").some((part) => part.startsWith(".")));
  const readable = visible.filter(({ name }) => isReadable(name)).slice(0, MAX_FILES);
  const found = readable.map((file) => ({ file, folder: file.webkitRelativePath.replace(/\/?[^/]*$/, "") }));
  return { found, leftOut: visible.length - found.length };
}

/**
 * Files named one by one are all sent: the server says why one of them is not read.
 * @param {File[]} files
 * @returns {Dropped}
 */
export function plain(files) {
  return { found: files.map((file) => ({ file, folder: "" })), leftOut: 0 };
}

/**
 * Hidden files and folders are left alone, as when a folder is ingested at the shell.
 * @param {FileSystemEntry} entry
 * @param {string} folder
 * @param {Dropped} dropped
 * @param {(name: string) => boolean} isReadable
 */
async function walk(entry, folder, dropped, isReadable) {
  if (entry.name.startsWith(".")) return;
  if (isFolder(entry)) {
    const path = folder ? `${folder}/${entry.name}` : entry.name;
    for (const child of await children(entry)) await walk(child, path, dropped, isReadable);
  } else if (folder && (!isReadable(entry.name) || dropped.found.length >= MAX_FILES)) {
    dropped.leftOut += 1;
  } else {
    dropped.found.push({ file: await fileOf(entry), folder });
  }
}

/**
 * Return what is in a folder, which the browser hands over in parts.
 * @param {FileSystemDirectoryEntry} folder
 */
async function children(folder) {
  const reader = folder.createReader();
  /** @type {FileSystemEntry[]} */
  const all = [];
  for (;;) {
    /** @type {FileSystemEntry[]} */
    const part = await new Promise((resolve, reject) => reader.readEntries(resolve, reject));
    if (!part.length) return all.sort((one, other) => (one.name < other.name ? -1 : 1));
    all.push(...part);
  }
}

/**
 * @param {FileSystemEntry} entry
 * @returns {Promise<File>}
 */
function fileOf(entry) {
  return new Promise((resolve, reject) => /** @type {FileSystemFileEntry} */ (entry).file(resolve, reject));
}

/**
 * Tell by the property: Chromium has no constructor of this name.
 * @param {FileSystemEntry} entry
 * @returns {entry is FileSystemDirectoryEntry}
 */
function isFolder(entry) {
  return entry.isDirectory;
}
