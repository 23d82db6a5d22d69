"""XML of a workbook's parts, read as a stream: names without their prefix, no entities, text.

Both families of names are the same to us: transitional, which Excel writes, and strict.
"""

import re
from collections.abc import Callable, Iterable, Mapping
from typing import Final
from xml.parsers import expat

TRANSITIONAL: Final = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
STRICT: Final = "http://purl.oclc.org/ooxml/spreadsheetml/main"
RELATIONSHIPS: Final = "http://schemas.openxmlformats.org/package/2006/relationships"
_FAMILIES: Final = (TRANSITIONAL, STRICT, RELATIONSHIPS)

IDLE_CHUNKS_MAX: Final = 8
_ESCAPED: Final = re.compile("_x([0-9A-Fa-f]{4})_")

Attributes = Mapping[str, str]
Start = Callable[[Attributes], None]
End = Callable[[], None]


class MarkupError(Exception):
    """A part is no XML that a workbook has."""


class _Progress:
    """How many chunks have brought no element and no text: expat reads a tag anew with each."""

    idle = 0


def parse(
    chunks: Iterable[bytes],
    *,
    starts: Mapping[str, Start],
    ends: Mapping[str, End],
    text: Callable[[str], None] = lambda _text: None,
) -> None:
    """Call the functions for the elements of a part, in order; others are passed over.

    Raises:
        MarkupError: It is no XML, or has a document type.
    """
    on_start = {f"{family} {name}": do for name, do in starts.items() for family in _FAMILIES}
    on_end = {f"{family} {name}": do for name, do in ends.items() for family in _FAMILIES}

    progress = _Progress()

    def start(name: str, attributes: dict[str, str]) -> None:
        progress.idle = 0
        do = on_start.get(name)
        if do is not None:
            do(attributes)

    def end(name: str) -> None:
        do = on_end.get(name)
        if do is not None:
            do()

    def said(characters: str) -> None:
        progress.idle = 0
        text(characters)

    parser = expat.ParserCreate(namespace_separator=" ")
    parser.buffer_text = True
    parser.StartElementHandler = start
    parser.EndElementHandler = end
    parser.CharacterDataHandler = said
    parser.StartDoctypeDeclHandler = _refuse
    try:
        for chunk in chunks:
            parser.Parse(chunk)
            progress.idle += bool(chunk)
            if progress.idle > IDLE_CHUNKS_MAX:
                raise MarkupError("an endless tag or comment")
        parser.Parse(b"", True)
    except expat.ExpatError as error:
        raise MarkupError(str(error)) from None


def _refuse(*_declared: object) -> None:
    """Refuse what could unpack into a full memory, or name other files."""
    raise MarkupError("a document type")


def is_true(text: str | None) -> bool:
    """Whether an attribute is set: 1, true, on."""
    return text in {"1", "true", "on"}


def unescaped(text: str) -> str:
    r"""Return a text with its characters for `_x000D_` and the like (ST_Xstring, §22.9.2.19)."""
    if "_x" not in text:
        return text
    said = _ESCAPED.sub(lambda found: chr(int(found[1], 16)), text)
    return said.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
