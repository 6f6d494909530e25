"""The admin page, for users with the role of owner: plain HTML, which works without scripts."""
