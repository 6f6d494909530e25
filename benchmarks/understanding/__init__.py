"""What the reading of questions and the judging of claims are learned from, and how."""
