"""Logs: one JSON object a line, allow-listed keys only, each with the request's id.

Nothing clinical may reach a log. A key that is not listed is dropped and its name is noted, so a careless
``log.info("saved", text=...)`` leaks nothing. Of a library's line only its words are kept ("Not Found: %s"), never the
values that belong in it: an address can hold a link's token, an error a patient's text.
"""

from __future__ import annotations

import logging
import logging.config
import sys
from collections.abc import MutableMapping
from contextvars import ContextVar
from typing import Any

import structlog

request_id: ContextVar[str] = ContextVar("request_id", default="-")
ALLOWED = frozenset(
    "event level logger timestamp request_id route method status ms user job task attempt state kind count error "
    "dropped place seal digest".split()
)


def add_request_id(_logger: Any, _name: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    event.setdefault("request_id", request_id.get())
    return event


def place_of(error: BaseException | None) -> str:
    """File and line where an exception was raised, for whoever mends it."""
    trace = error.__traceback__ if error else None
    while trace and trace.tb_next:
        trace = trace.tb_next
    return f"{trace.tb_frame.f_code.co_filename}:{trace.tb_lineno}" if trace else ""


def allow_listed(_logger: Any, _name: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """Drop every key that is not in ``ALLOWED``; say which in ``dropped``. Exceptions keep type and place, no values."""
    told = event.pop("exc_info", None)
    if told:
        error = sys.exc_info()[1] if told is True else told[1] if isinstance(told, tuple) else told
        event["error"], event["place"] = type(error).__name__, place_of(error)
    dropped = sorted(key for key in event if key not in ALLOWED and not key.startswith("_"))
    for key in dropped:
        del event[key]
    if dropped:
        event["dropped"] = dropped
    return event


PROCESSORS: list[Any] = [
    structlog.contextvars.merge_contextvars,
    structlog.stdlib.add_log_level,
    structlog.processors.TimeStamper(fmt="iso", utc=True),
    add_request_id,
    allow_listed,
]


def configure(options: dict[str, Any]) -> None:
    """Django's ``LOGGING_CONFIG`` hook: send everything through structlog to stdout as JSON."""
    formatter = {
        "()": structlog.stdlib.ProcessorFormatter,
        "use_get_message": False,
        "foreign_pre_chain": [structlog.stdlib.add_logger_name, *PROCESSORS],
        "processors": [
            structlog.stdlib.ProcessorFormatter.remove_processors_meta,
            structlog.processors.JSONRenderer(sort_keys=True),
        ],
    }
    logging.config.dictConfig(
        {
            "version": 1,
            "disable_existing_loggers": False,
            "formatters": {"json": formatter},
            "handlers": {
                "stdout": {"class": "logging.StreamHandler", "stream": "ext://sys.stdout", "formatter": "json"}
            },
            "root": {"handlers": ["stdout"], "level": options.get("level", "INFO")},
            "loggers": {
                "django.server": {"level": "WARNING"},
                "fontTools": {"level": "ERROR"},
                "weasyprint": {"level": "ERROR"},
                "kombu": {"level": "ERROR"},
            },
        }
    )
    structlog.configure(
        processors=[*PROCESSORS, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=True,
    )
