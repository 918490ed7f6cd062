"""Worker and beat touch a file while they work, so that a health check from outside sees one that hangs."""

from __future__ import annotations

from typing import Any

from celery.signals import beat_init, before_task_publish, heartbeat_sent
from django.conf import settings


def touch(name: str) -> None:
    """Renew the sign of life of ``name``: the file's time of change is what counts."""
    settings.RUN_DIR.mkdir(parents=True, exist_ok=True)
    (settings.RUN_DIR / f"{name}.alive").touch()


def worker_lives(**_event: Any) -> None:
    """Celery calls this every two seconds while the worker is connected and its loop turns."""
    touch("worker")


def beat_lives(**_event: Any) -> None:
    """Called before each task that beat sends, whether or not the broker takes it; the shortest interval is five seconds."""
    touch("beat")


def watch_beat(**_event: Any) -> None:
    """Only in beat itself: a web process that publishes a task must not renew beat's sign of life."""
    touch("beat")
    before_task_publish.connect(beat_lives, weak=False)


def connect() -> None:
    """Ask Celery to call the functions above."""
    heartbeat_sent.connect(worker_lives, weak=False)
    beat_init.connect(watch_beat, weak=False)
