"""Pure functions on text: normalise, sanitise, split into sentences and words."""
