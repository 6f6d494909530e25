"""Pure functions on text: normalise, sanitise, find code, split into sentences and words."""
