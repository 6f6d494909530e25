"""Recognise the text of scans: find its lines, turn them upright, transcribe them, put them in reading order."""
