"""Articles in XML have sections, captions, tables and formulas; any other file a block per element."""

from lxml import etree

from ingest.readers.office.zip_xml import parse_xml
from ingest.readers.xml_blocks import xml_blocks, xml_metadata

ARTICLE = """<article><front><article-meta><title-group><article-title>Bees</article-title></title-group>
<contrib-group><contrib><name><given-names>Ann </given-names><surname>Lee</surname></name></contrib></contrib-group>
<pub-date><year>2023</year></pub-date></article-meta></front><body><sec><title>Methods</title><p>A <i>bee</i> flies.</p>
<sec><title>Places</title><table-wrap><label>Table 1.</label><caption><p>Cities</p></caption>
<table><tr><th>City</th><th>Bees</th></tr><tr><td>Rome</td><td>3</td></tr></table></table-wrap>
<p>Then <math><msup><mi>x</mi><mn>2</mn></msup></math>.</p></sec></sec></body></article>"""


def test_an_article_has_sections_tables_and_formulas() -> None:
    blocks = list(xml_blocks(etree.fromstring(ARTICLE)))
    shown = [block.text for block in blocks]
    assert shown[0] == "## Bees"
    assert shown[-6:] == [
        "## Methods",
        "A bee flies.",
        "### Places",
        "Table 1. Cities",
        "City | Bees\nCity: Rome | Bees: 3",
        "Then x^2.",
    ]


def test_an_article_says_what_it_is() -> None:
    found = xml_metadata(etree.fromstring(ARTICLE))
    assert found == {"title": "Bees", "author": "Ann Lee", "date": "2023"}


def test_deep_nesting_ends() -> None:
    deep = "<a>" * 240 + "x" + "</a>" * 240
    assert [block.text for block in xml_blocks(etree.fromstring(deep))] == ["x"]


def test_named_characters_are_read() -> None:
    root = parse_xml(b"<!DOCTYPE a SYSTEM 'a.dtd'><a>5&deg; x&lt;y &none; end</a>")
    assert [block.text for block in xml_blocks(root)] == ["5° x<y &none; end"]
