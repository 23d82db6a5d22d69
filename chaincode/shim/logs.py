"""How a chaincode process logs: one JSON object a line, to stderr alone."""

import sys

import structlog


def configure_logs(*, level: int) -> None:
    """Log what is at least as grave as `level` (a number of `logging`), for the whole process.

    Tracebacks are plain text: a contract that fails often must not spend its peers' time on
    drawing them.
    """
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.format_exc_info,
            structlog.processors.JSONRenderer(),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(level),
        logger_factory=structlog.WriteLoggerFactory(file=sys.stderr),
    )
