"""The languages of the page: which one a browser is shown, and the texts of its scripts in it."""
