"""Reads a page strictly: every element closed, and what a browser would be made to do."""

from html.parser import HTMLParser

from gateway.web import rendering

BYTES_MAX = 100_000
VOID = {"meta", "link", "input", "br"}


class Page(HTMLParser):
    """One page: its elements in order, and the text of each tag's insides."""

    def __init__(self, html):
        super().__init__(convert_charrefs=True)
        self.html = html
        self.elements = []
        self.text = ""
        self._open = []
        self.feed(html)
        self.close()
        assert self._open == [], f"not closed: {self._open}"

    def handle_starttag(self, tag, attributes):
        self.elements.append((tag, dict(attributes)))
        if tag not in VOID:
            self._open.append(tag)

    def handle_startendtag(self, tag, attributes):
        self.elements.append((tag, dict(attributes)))

    def handle_endtag(self, tag):
        assert self._open, f"</{tag}> closes nothing"
        assert self._open[-1] == tag, f"</{tag}> while {self._open} are open"
        self._open.pop()

    def handle_data(self, data):
        self.text += data

    def all(self, tag):
        return [attributes for name, attributes in self.elements if name == tag]

    def links(self):
        return [attributes["href"] for attributes in (*self.all("a"), *self.all("link"))]


def assert_is_safe(response, page, *, private=False):
    """No script, no cookie, nothing from elsewhere, and a policy that says so."""
    assert len(response.content) < BYTES_MAX
    assert "set-cookie" not in response.headers
    policy = response.headers["content-security-policy"]
    assert policy.startswith("default-src 'none'; style-src 'self';")
    assert page.all("style") == []
    style = [one["href"] for one in page.all("link") if one["rel"] == "stylesheet"]
    assert style == [rendering.style_url(rendering.STYLE_DIGEST)]
    assert "script-src" not in policy
    assert "unsafe" not in policy
    referrer, cache = ("same-origin", "no-store") if private else ("no-referrer", "no-cache")
    assert response.headers["referrer-policy"] == referrer
    assert response.headers["x-content-type-options"] == "nosniff"
    assert response.headers["cache-control"].split(", ")[0] == cache
    assert page.all("script") == []
    for tag, attributes in page.elements:
        assert "style" not in attributes, tag
        assert not {name for name in attributes if name.startswith("on")}, tag
    assert [link for link in page.links() if not link.startswith(("/", "#", "tel:"))] == []
