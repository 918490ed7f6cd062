"""Forms of the groups: drafted and published by staff; answered for a case by its treating side."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping, Sequence
from typing import Any

from django.db import transaction

from cpms import clock, locking
from cpms.accounts.access import Refused, ask
from cpms.accounts.policy import networks_served_by
from cpms.accounts.roles import Permission
from cpms.audit import actions as audit
from cpms.audit.states import Event
from panels.cases.actions.admitting import admit
from panels.cases.actions.editing import add_labs
from panels.cases.importers import form_file
from panels.cases.models import Case, CaseAnswers, CaseForm
from panels.cases.queries import answer_words, parsed


def refuse_others(form: CaseForm, *, by: Any) -> None:
    """Raises ``Refused`` for whoever is no staff, or of another network's helpdesk."""
    if not (verdict := ask(Permission.STAFF_SITE, by)):
        raise Refused(verdict.reason)
    if form.network and not networks_served_by(by).filter(code=form.network).exists():
        raise Refused("The forms of a network's groups are arranged by its own helpdesk.")


@transaction.atomic
def save_case_form(form: CaseForm, *, by: Any) -> CaseForm:
    """A new form, a new version, or a draft changed. Raises ``Refused`` for a published one, ``ImportRefused`` for a bad body."""
    refuse_others(form, by=by)
    if form.pk and CaseForm.objects.select_for_update().get(pk=form.pk).published_at:
        raise Refused("This version is published, and cases may have answered it. Add a new version.")
    form_file.read(form.body.encode())
    form.save()
    audit.record(Event.CASE_FORM_SAVED, on=form, by=by, kind=form.slug, version=form.version)
    return form


@transaction.atomic
def publish_case_form(form: CaseForm, *, by: Any) -> CaseForm:
    """From now on cases get this version, and nobody changes it any more."""
    fresh = CaseForm.objects.select_for_update().get(pk=form.pk)
    refuse_others(fresh, by=by)
    if fresh.published_at:
        raise Refused("This version is published already.")
    form_file.read(fresh.body.encode())
    fresh.published_at, fresh.published_by = clock.now(), by
    fresh.save(update_fields=["published_at", "published_by"])
    audit.record(Event.CASE_FORM_SAVED, on=fresh, by=by, kind="published", version=fresh.version)
    return fresh


def between(row: CaseAnswers, answers: Mapping[str, Any]) -> list[locking.ClashField]:
    """Where the answers differ from those that were saved meanwhile, question by question."""
    saved, fields = row.by_link, []
    for item in parsed(row.form.body).questions():
        if answers.get(item.link) != saved.get(item.link):
            mine, theirs = (answer_words(item, one[item.link]) if item.link in one else "" for one in (answers, saved))
            fields.append(locking.line(item.link, item.text, mine, theirs))
    return fields


@transaction.atomic
def answer_form(
    case: Case,
    form: CaseForm,
    *,
    answers: Mapping[str, Any],
    labs: Sequence[Mapping[str, Any]],
    version: int,
    by: Any,
    kept: Collection[str] = (),
) -> CaseAnswers:
    """Write the answers down, sealed; typed laboratory values become results of the case. ``kept`` are the questions whose answer
    stays as somebody else saved it.

    Raises ``Clash`` with the answers that differ when somebody else saved meanwhile.
    """
    admit(case, by=by)
    if form.published_at is None:
        raise Refused("This form is not published.")
    Case.objects.select_for_update(of=("self",)).get(pk=case.pk)
    row = CaseAnswers.objects.filter(case=case, form=form).first()
    if row is None:
        row = CaseAnswers(case=case, key=case.key, form=form, version=0)
        row.answers, row.saved_by = "{}", by
        row.save(force_insert=True)
    try:
        locking.claim(row, version)
    except locking.Clash as clash:
        raise locking.Clash(row, between(row, answers), version=clash.version) from clash
    stays = {link: said for link, said in row.by_link.items() if link in kept}
    words = {link: said for link, said in answers.items() if link not in kept} | stays
    row.answers, row.saved_by, row.saved_at = json.dumps(words, ensure_ascii=False), by, clock.now()
    row.save(update_fields=["answers", "saved_by", "saved_at"])
    if labs:
        add_labs(case, labs, names={}, by=by)
    said: dict[str, Any] = {"verb": "form", "kind": form.slug, "version": form.version, "saved": row.version}
    audit.record(Event.CASE_CHANGED, on=row, by=by, patient=case.patient_id, **said)
    return row
