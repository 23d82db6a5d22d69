"""What of a text is a sentence of English."""

import re

# Three words in a row; names of commands, files and programs stand alone or in `…`.
_THREE = re.compile(r"[A-Za-z][a-z]{2,}[,:]? [a-z]{2,} [a-z]{2,}")
_NAMES = re.compile(r"`[^`]*`|\broot network [a-z]+")


def sentences(text):
    """Return what is English, but for what stands between `…` and a command's own name."""
    return _THREE.findall(_NAMES.sub("", text))
