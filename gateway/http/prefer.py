"""How long a request wants to wait: `Prefer: wait=N` (RFC 7240 section 4.3)."""

import re
from typing import Final

_WAIT: Final = re.compile(r'wait\s*=\s*"?([0-9]{1,9})"?\s*(?:;.*)?', re.ASCII | re.IGNORECASE)
HEADER_CHARACTERS_MAX: Final = 512


def wait_s(header: str | None, *, default: float, most: float) -> float:
    """Return how long to wait for results, in seconds, 0 to `most`.

    Preferences that are unknown or malformed are ignored, as the RFC asks (section 2); the first
    of several `wait` counts. `respond-async` alone means not to wait.
    """
    is_async = False
    for preference in (header or "")[:HEADER_CHARACTERS_MAX].split(","):
        waited = _WAIT.fullmatch(preference.strip())
        if waited:
            return min(float(waited[1]), most)
        is_async = is_async or preference.strip().lower() == "respond-async"
    return 0 if is_async else min(default, most)
