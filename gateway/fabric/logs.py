"""How the client logs: to the standard library's `logging`, and nowhere unless the host says so.

A record's message can be read as it is (`peer_call_failed code=UNAVAILABLE …`); a host that wants
more takes `record.event` and the mapping `record.facts`.
"""

import logging

# A library writes nothing of its own accord, neither to stdout nor to stderr.
# Source: Python's "Logging HOWTO", Configuring Logging for a Library.
logging.getLogger("gateway.fabric").addHandler(logging.NullHandler())


def warn(logger: logging.Logger, event: str, **facts: object) -> None:
    """Log a warning with its facts."""
    told = " ".join(f"{name}={value}" for name, value in facts.items())
    logger.warning("%s %s", event, told, extra={"event": event, "facts": facts})
