"""``/livez`` says the process runs; ``/readyz`` says it can serve. Neither tells a version or a name."""

from __future__ import annotations

import redis
from django.conf import settings
from django.core.cache import cache
from django.db import DatabaseError, connection, transaction
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.http import require_safe

from cpms.accounts.access import access
from cpms.audit import queries as audit
from cpms.jobs import queries as jobs
from cpms.notifications.models import OutboxMessage

MIGRATED = "health:migrated"


def migrations_applied() -> bool:
    """Whether every migration of this release is in the database; remembered once true, because it stays true."""
    if cache.get(MIGRATED):
        return True
    executor = MigrationExecutor(connection)
    done = not executor.migration_plan(executor.loader.graph.leaf_nodes())
    if done:
        cache.set(MIGRATED, value=True, timeout=300)
    return done


def redis_answers() -> bool:
    try:
        client = redis.Redis.from_url(settings.REDIS_URL, socket_timeout=1, socket_connect_timeout=1)
        return bool(client.ping())
    except redis.RedisError:
        return False


@transaction.non_atomic_requests  # a transaction would ask for the database before the view begins
@require_safe
@access("livez", public="says only that the process runs")
def livez(_request: HttpRequest) -> HttpResponse:
    return HttpResponse("ok", content_type="text/plain")


@transaction.non_atomic_requests
@require_safe
@access("readyz", public="says only whether the service can serve")
def readyz(_request: HttpRequest) -> HttpResponse:
    """503 while PostgreSQL is away or a migration is missing.

    Redis, the mail, the sealing of the audit trail and the work at set times are reported, not required: a page is no less useful
    while they wait.
    """
    try:
        ready = migrations_applied()
        mail, trail, rounds = not OutboxMessage.objects.overdue().exists(), not audit.behind(), not jobs.late()
    except DatabaseError:
        ready = mail = trail = rounds = False
    parts = {"ready": ready, "redis": redis_answers(), "mail": mail, "audit": trail, "rounds": rounds}
    return JsonResponse(parts, status=200 if ready else 503, headers={} if ready else {"Retry-After": "5"})
