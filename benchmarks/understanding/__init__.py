"""What the judging of claims is learned from, and the fit."""
