"""How a key is kept, in words: in a browser, a file, on a shared device, by a service."""

from chaincode.registry.records import SERVICE
from gateway.words import Text, joined, load

WORDS = load(__file__)


def said(kept: str, *, is_further: bool = False) -> Text:
    """Return in words how a key is kept, and whether its holder had one before it.

    Args:
        kept: As a device's record says: `browser`, `file`, `shared`, `service:` and which.
        is_further: Whether it was enrolled for somebody who had a key.
    """
    text = _service(kept) if kept.startswith(SERVICE) else WORDS[f"keeping.{kept}"]
    return joined([text, WORDS["keeping.further"]], "") if is_further else text


def word(kind: str) -> Text:
    """Return what people call a way of keeping keys: `browser`, `file`, `shared` or `service`."""
    return WORDS[f"keeping.word.{kind}"]


def kind_of(kept: str) -> str:
    """Return which way of keeping keys a device's record names."""
    return kept.partition(":")[0]


def _service(kept: str) -> Text:
    return WORDS["keeping.service"].filled(service=kept.removeprefix(SERVICE))
