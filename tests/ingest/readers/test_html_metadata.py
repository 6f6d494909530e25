"""A page says what it is in several ways."""

from lxml import html

from ingest.readers.html_metadata import html_metadata


def test_meta_elements_and_title() -> None:
    page = """<html><title>Shown</title><meta property=og:title content="A report">
    <meta name=author content=Ann>
    <meta name=author content=Bob><meta property=article:published_time content=2024-05-06><meta property=og:site_name
    content="The Times"><p>x"""
    assert html_metadata(html.document_fromstring(page)) == {
        "title": "A report",
        "author": "Ann, Bob",
        "organisation": "The Times",
        "date": "2024-05-06",
    }


def test_json_ld_of_an_article() -> None:
    data = """{"@graph": [{"@type": "Organization", "name": "no"}, {"@type": ["NewsArticle"], "headline": "Bees",
    "datePublished": "2023-01-02", "author": [{"name": "Ann"}, {"name": "Bob"}], "publisher": {"name": "Times"}}]}"""
    page = f'<title>Shown</title><script type="application/ld+json">{data}</script><p>x'
    found = html_metadata(html.document_fromstring(page))
    assert found == {"title": "Bees", "date": "2023-01-02", "author": "Ann, Bob", "organisation": "Times"}


def test_what_is_no_json_ld_is_ignored() -> None:
    scripts = ["{", "[1, null]", '{"@type": {"a": 1}}', '{"@graph": 5}', '{"@type": "Article", "author": {"name": {}}}']
    for script in scripts:
        page = f'<title>T</title><script type="application/ld+json">{script}</script><p>x'
        assert html_metadata(html.document_fromstring(page)) == {"title": "T"}
    assert html_metadata(None) == {}
