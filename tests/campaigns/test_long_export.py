"""An export of a million lines is sent as it is read: memory does not grow with it.

``CPMS_EXPORT_NETWORKS`` sets for how many networks; a campaign takes 10,000 with 100 lines each, every run 30. The rows are made
in the database, a network with 8 groups, 20 countries and 71 centres like the paper's, ten thousand times.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys

import pytest
from django.db import connection

from cpms.accounts.roles import Role
from helpdesk.models import MonthlyKpi
from tests.campaigns.report import note
from tests.factories import UserFactory, give_role, totp_device
from tests.panels.test_races import rights  # noqa: F401 a fixture
from tools.local import places

NETWORKS = int(os.environ.get("CPMS_EXPORT_NETWORKS", "30"))
LINES, MOST_MB, SECONDS = 100, 200, 5_400
pytestmark = [pytest.mark.long, pytest.mark.django_db(transaction=True, databases=["default", "cachedb"])]
MADE = """
    INSERT INTO accounts_network (code, name, topic)
    SELECT 'N' || n, 'Network ' || n, '' FROM generate_series(1, %(networks)s) n;
    INSERT INTO accounts_centre (name, city, country)
    SELECT 'Hospital ' || n, 'Town', (ARRAY['FI','SE','DK','NO','DE','FR','NL','BE','IT','ES','PT','PL','CZ','AT','HU','IE','RO','BG','HR','GR'])[1 + n %% 20]
    FROM generate_series(1, 71) n;
    INSERT INTO accounts_thematicgroup (number, name, network_id)
    SELECT n, 'Group ' || n, network.id FROM accounts_network network, generate_series(1, 8) n WHERE network.code LIKE 'N%%';
    INSERT INTO helpdesk_monthlykpi
        (month, network_id, group_id, centre_id, country, stands_in, registered, active, panels_opened, panels_closed, figures, frozen_at)
    SELECT date '2024-01-01', network.id, place.group_id, place.centre_id, place.country, place.stands_in,
        5 + random() * 40, random() * 20, random() * 9, random() * 9,
        jsonb_build_object('invited', (random() * 30)::int, 'answered', (random() * 20)::int, 'first_replies', (random() * 9)::int,
            'reply_median', round((random() * 90)::numeric, 1), 'outcomes', (random() * 9)::int, 'starters', (random() * 9)::int,
            'opened_urgent', (random() * 3)::int, 'opened_soon', (random() * 3)::int, 'follow_asked', (random() * 9)::int),
        now()
    FROM accounts_network network CROSS JOIN LATERAL (
        SELECT NULL::bigint AS group_id, NULL::bigint AS centre_id, '' AS country, '' AS stands_in
        UNION ALL SELECT id, NULL, '', '' FROM accounts_thematicgroup WHERE network_id = network.id
        UNION ALL SELECT NULL, id, '', country FROM accounts_centre WHERE name LIKE 'Hospital %%'
        UNION ALL SELECT DISTINCT NULL::bigint, NULL::bigint, country, '' FROM accounts_centre WHERE name LIKE 'Hospital %%'
    ) place WHERE network.code LIKE 'N%%';
"""


def test_memory_does_not_grow_with_the_lines(process_env, rights):  # noqa: F811 the fixture
    core = UserFactory(role="none")
    give_role(core, Role.CORE_HELPDESK)
    totp_device(core)
    with connection.cursor() as cursor:
        cursor.execute(MADE, {"networks": NETWORKS})
        cursor.execute("ANALYZE")
    assert MonthlyKpi.objects.count() == NETWORKS * LINES
    command = [sys.executable, "-m", "tests.campaigns.long_export", str(core.pk), "2024-01"]
    done = subprocess.run(
        command, cwd=places.ROOT, env=process_env, capture_output=True, text=True, timeout=SECONDS, check=False
    )
    assert done.returncode == 0, done.stderr[-3000:]
    found = json.loads(done.stdout.splitlines()[-1])
    note("long export", **found)
    assert found["lines"] == NETWORKS * LINES + 1
    assert found["most_memory"] < MOST_MB, found
