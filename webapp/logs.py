"""Structured logs: one event a line, with ids, and never a secret.

Whose work it is is bound once, where the work begins (`working`), and then stands in every line.
"""

import logging
import sys
from collections.abc import MutableMapping
from contextlib import AbstractContextManager
from typing import Any, TextIO

import structlog

SECRET_WORDS = ("token", "secret", "authorization", "cookie", "code", "password", "key")


LIBRARIES = ("rq", "rq_scheduler")
"""Whose own log lines are written like ours."""


def configure_logs(log_format: str, stream: TextIO | None = None) -> None:
    """Set up structlog for this process; `json` for machines, `text` for people."""
    stream = stream or sys.stderr
    renderer: Any = (
        structlog.processors.JSONRenderer()
        if log_format == "json"
        else structlog.dev.ConsoleRenderer(colors=False)
    )
    shared: list[Any] = [
        structlog.contextvars.merge_contextvars,
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        redact,
        structlog.processors.format_exc_info,
    ]
    structlog.configure(
        processors=[*shared, renderer],
        wrapper_class=structlog.make_filtering_bound_logger(logging.INFO),
        logger_factory=structlog.PrintLoggerFactory(stream),
        cache_logger_on_first_use=True,
    )
    last = [structlog.stdlib.ProcessorFormatter.remove_processors_meta, renderer]
    handler = logging.StreamHandler(stream)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(processors=last, foreign_pre_chain=shared)
    )
    for name in LIBRARIES:
        logger = logging.getLogger(name)
        logger.handlers[:] = [handler]
        logger.propagate = False


def working(**ids: object) -> AbstractContextManager[None]:
    """Put ids into every line that is logged within a block."""
    return structlog.contextvars.bound_contextvars(**ids)


def redact(_logger: Any, _method: str, event: MutableMapping[str, Any]) -> Any:
    """Blank what is named like a secret, whoever logged it."""
    for name in event:
        if any(word in name.lower() for word in SECRET_WORDS):
            event[name] = "[redacted]"
    return event
