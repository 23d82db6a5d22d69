"""How a gateway logs: one JSON object a line to stderr, or lines for people on a terminal."""

import logging
import sys

import structlog
from structlog.typing import Processor

from gateway.settings import LogLevel


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
        wrapper_class=structlog.make_filtering_bound_logger(
            logging.getLevelNamesMapping()[level.upper()]
        ),
        logger_factory=structlog.WriteLoggerFactory(file=sys.stderr),
    )
