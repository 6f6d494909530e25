// @ts-check
// How large each document is shown: as wide as the pane, until somebody makes it larger or smaller.

const ZOOMS = [0.5, 0.75, 1, 1.25, 1.5, 2, 3, 4]; // widths of the pane
const AS_WIDE = ZOOMS.indexOf(1);
/** @type {Map<string, number>} by document: where in ZOOMS it was left */
const indexes = new Map();

/** @param {string} id */
export function zoomOf(id) {
  return ZOOMS[indexOf(id)] ?? 1;
}

/**
 * Show a document by some steps larger, or smaller; by 0 as wide as the pane.
 * @param {string} id
 * @param {number} steps
 */
export function setZoom(id, steps) {
  indexes.set(id, steps ? indexOf(id) + steps : AS_WIDE);
}

/** @param {string} id */
export function availableZooms(id) {
  const index = indexOf(id);
  return { smaller: index > 0, larger: index < ZOOMS.length - 1, "as-wide": index !== AS_WIDE };
}

/** @param {string} id */
function indexOf(id) {
  return indexes.get(id) ?? AS_WIDE;
}
