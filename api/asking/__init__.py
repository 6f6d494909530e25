"""Questions: what they may be answered from, and their answers as events on the event loop."""
