"""Cases written before every word was sealed: their words are sealed in place, and can be opened again on the way back.

Every migration of every app runs twice over for it, which takes as long as a thousand other tests: ``bin/campaign migrations``.
"""

from __future__ import annotations

import os

import pytest
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from panels.cases.models import Diagnosis, LabResult
from tests.factories import Story

BEFORE = ("cases", "0002_years_at_entry")


@pytest.mark.skipif("CPMS_CAMPAIGN" not in os.environ, reason="only as a campaign")
@pytest.mark.django_db(transaction=True)
def test_existing_words_are_sealed_in_place_and_opened_on_the_way_back():
    story = Story()
    case = story.case
    latest = MigrationExecutor(connection).loader.graph.leaf_nodes()  # of all apps: later panels stand on cases
    MigrationExecutor(connection).migrate([BEFORE])
    with connection.cursor() as cursor:
        cursor.execute("SELECT label FROM cases_diagnosis")
        assert cursor.fetchall() == [(story.canary("diagnosis"),)]
        cursor.execute("SELECT label, unit FROM cases_labresult")
        assert cursor.fetchall() == [(story.canary("lab"), "mmol/L")]
    MigrationExecutor(connection).migrate(latest)
    assert Diagnosis.objects.get(case=case).label == story.canary("diagnosis")
    assert LabResult.objects.get(case=case).unit == "mmol/L"
