"""The platform. The Celery application is loaded with it, so that every process asks the same broker."""

from cpms.celery import app as celery_app

__all__ = ["celery_app"]
