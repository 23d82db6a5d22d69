"""How a gateway logs: one JSON object a line to stderr, or lines for people on a terminal."""

import logging
import sys

import structlog
from structlog.typing import Processor

from gateway.settings import LogLevel

_NAMED_LEVELS = logging.getLevelNamesMapping()


class _Forwarding(logging.Handler):
    """Tells in the one log what a part of this program tells the standard library's.

    So does the Fabric client, which is a library for other programs too.
    """

    def emit(self, record: logging.LogRecord) -> None:
        """Log the event with its facts, or the message where a record has none."""
        event = getattr(record, "event", None) or record.getMessage()
        facts = getattr(record, "facts", {})
        structlog.get_logger(record.name).log(
            record.levelno, event, exc_info=record.exc_info, **facts
        )


_FORWARDING = _Forwarding()


class _StandardError:
    """What `sys.stderr` is when something is logged: a program around us may have replaced it."""

    def write(self, text: str) -> int:
        """Write text."""
        return sys.stderr.write(text)

    def flush(self) -> None:
        """Flush what was written."""
        sys.stderr.flush()


def configure_logs(level: LogLevel) -> None:
    """Log what is at least as grave as `level`, for the whole process.

    Tracebacks are plain text: drawing them with every local variable takes half a minute of both
    processors, and would write commands' closed parts into the log.
    """
    is_terminal = sys.stderr.isatty()
    last: list[Processor] = (
        [structlog.dev.ConsoleRenderer(exception_formatter=structlog.dev.plain_traceback)]
        if is_terminal
        else [structlog.processors.format_exc_info, structlog.processors.JSONRenderer()]
    )
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            *last,
        ],
        wrapper_class=structlog.make_filtering_bound_logger(_NAMED_LEVELS[level.upper()]),
        logger_factory=structlog.WriteLoggerFactory(file=_StandardError()),  # type: ignore[arg-type]  # it writes and flushes, and no more is asked
    )
    own = logging.getLogger("gateway")
    own.setLevel(_NAMED_LEVELS[level.upper()])
    own.addHandler(_FORWARDING)
