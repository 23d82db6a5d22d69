"""Errors of rooms that know no language, told in the person's: known by their English sentence.

The ledger and what stands behind it are libraries of their own and say English. Their sentences
stand in words.toml as they are said, `others.…`; a test fails for each that lacks there.
"""

import re
from functools import cache
from string import Formatter
from typing import Final

from gateway.cli.said import WORDS
from gateway.words import Text
from gateway.words.language import Language

_UNKNOWN: Final = "others.unknown"


def in_words(error: Exception, language: Language) -> str:
    """Return an error in a language; one that is not known, with its English behind it."""
    message = str(error)
    if language == "en":
        return message
    for text, form in _forms():
        found = form.fullmatch(message)
        if found:
            return text.say(language, **found.groupdict())
    kinds = (kind.__name__ for kind in type(error).__mro__)
    name = next((one for kind in kinds if (one := f"others.{kind}") in WORDS), _UNKNOWN)
    return WORDS[name].say(language, what=message)


@cache
def _forms() -> tuple[tuple[Text, re.Pattern[str]], ...]:
    """Return each text with what recognises it; those that say more come first."""
    names = (name for name in WORDS if name.startswith("others.") and name != _UNKNOWN)
    texts = [WORDS[name] for name in names if not name.endswith("Error")]
    by_length = sorted(texts, key=lambda text: -len(text.en))
    return tuple((text, re.compile(_form(text.en), re.DOTALL)) for text in by_length)


def _form(template: str) -> str:
    return "".join(
        re.escape(literal) + (f"(?P<{name}>.*)" if name else "")
        for literal, name, _, _ in Formatter().parse(template)
    )
