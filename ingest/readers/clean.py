"""Cleans text as it is read. What comes out is stored, and offsets count in it: nothing cleans it later."""

import re

_LINE_ENDS = re.compile(r"\r\n?|[\v\u0085\u2028\u2029]")
_CONTROLS = re.compile(r"[\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f\ufffe\uffff\ufeff]|[\ud800-\udfff]")
_TRAILING = re.compile(r"[ \t\xa0]+(?=\n)|[ \t\xa0]+$")


def clean_text(text: str) -> str:
    """Uniform line ends; no control characters, lone surrogates, trailing blanks or blank edges.

    SQLite, JSON and tantivy would each stumble over another of these.
    """
    text = _LINE_ENDS.sub("\n", text)
    text = _CONTROLS.sub("", text)
    return _TRAILING.sub("", text).strip()
