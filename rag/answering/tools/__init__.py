"""Tools that a model may call while it answers: search again, read a page, calculate; in a bounded loop."""
