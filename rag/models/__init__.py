"""Everything with weights: where models come from, how they are converted and loaded, what they compute."""
