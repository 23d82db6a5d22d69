"""What of a text is a sentence of English."""

import re

# Three words in a row; names of commands, files and programs stand alone or in `…`.
_THREE = re.compile(r"[A-Za-z][a-z]{2,}[,:]? [a-z]{2,} [a-z]{2,}")
_TWO = re.compile(r"(?<![\w./-])[A-Za-z][a-z]{2,}[:]? [a-z]{3,}(?![\w/.-])")
_NAMES = re.compile(r"`[^`]*`|\broot( [a-z-]+)+")
_DETAILS = re.compile("（詳細：[^）]*）")


def sentences(text):
    """Return what is English, but for `…`, quoted details and a command's own name."""
    return _THREE.findall(_NAMES.sub("", _DETAILS.sub("", text)))


def outside_details(text):
    """Return what is English, down to two words in a row, but for `…` and quoted details."""
    commands = re.sub(r"minori( [a-z-]+)+", "", _NAMES.sub("", _DETAILS.sub("", text)))
    return _TWO.findall(commands)
