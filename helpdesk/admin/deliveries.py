"""Mails and jobs on their way: what left, what waits, and what somebody must look at."""

from __future__ import annotations

from typing import Any

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.formats import date_format

from cpms.accounts.access import Refused
from cpms.drafts.states import KEEP_ENVELOPES
from cpms.jobs.models import Job
from cpms.jobs.states import JobState
from cpms.notifications.models import OutboxMessage
from cpms.notifications.notices import notice_choices
from cpms.notifications.states import MailState
from helpdesk import actions as helpdesk
from helpdesk import queries
from helpdesk.admin.pages import ReadOnlyAdmin, site
from helpdesk.queries import lists

NOTICES = dict(notice_choices())


class FailingFilter(admin.SimpleListFilter):
    title = "delivery"
    parameter_name = "delivery"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [("late", "Late: should have gone"), ("given_up", "Given up")]

    def queryset(self, request: HttpRequest, queryset: QuerySet[OutboxMessage]) -> QuerySet[OutboxMessage]:
        if self.value() == "late":
            return queryset.filter(pk__in=OutboxMessage.objects.overdue().values("pk"))
        return queryset.filter(state=MailState.GIVEN_UP) if self.value() == "given_up" else queryset


@admin.register(OutboxMessage, site=site)
class OutboxAdmin(ReadOnlyAdmin):
    list_display = ("what", "recipient", "state", "due_at", "sent_at", "attempts")
    list_filter = (FailingFilter, "state", "notice")
    list_select_related = ("recipient",)
    search_fields = ("recipient__email", "recipient__display_name", "ref")
    search_help_text = "Recipient or panel"
    fields = ("notice", "recipient", "ref", "state", "written_at", "due_at", "not_before", "attempts", "sent_at")
    actions = ("send_again",)

    def get_queryset(self, request: HttpRequest) -> QuerySet[OutboxMessage]:
        """Mails to those this person looks after; also to strangers who ask for access at a hospital looked after."""
        return queries.mails_of(request.user).order_by(*self.get_ordering(request))

    def get_search_results(self, request: HttpRequest, queryset: QuerySet[Any], search_term: str) -> Any:
        return queries.mails_found(queryset, search_term), False

    @admin.display(description="notice", ordering="notice")
    def what(self, mail: Any) -> str:
        """Looked up in one table: the field itself makes a table of all notices for each row."""
        return NOTICES.get(mail.notice, mail.notice)

    @admin.action(description="Send again what was given up", permissions=["view"])
    def send_again(self, request: HttpRequest, queryset: QuerySet[OutboxMessage]) -> None:
        """Each by itself: what may not go says why, and holds up no other."""
        sent = 0
        for mail in queryset:
            try:
                helpdesk.send_again(mail, by=request.user)
                sent += 1
            except Refused as refusal:
                to = mail.recipient or "somebody without an account"
                messages.error(request, f"{mail.get_notice_display()}, to {to}: {refusal}")
        if sent:
            messages.success(request, f"{sent} mail{'' if sent == 1 else 's'} on the way again.")


@admin.register(Job, site=site)
class JobAdmin(ReadOnlyAdmin):
    """What the machine does for all networks; a job has none of its own, so the core helpdesk looks after it alone."""

    list_display = ("task", "state", "asked_at", "sent_at", "done_at", "attempts", "words")
    list_filter = ("state", "task")
    search_fields = ("task",)
    search_help_text = "Name of the task"

    def get_queryset(self, request: HttpRequest) -> QuerySet[Job]:
        return queries.jobs_of(request.user).order_by(*self.get_ordering(request))

    def get_search_results(self, request: HttpRequest, queryset: QuerySet[Any], search_term: str) -> Any:
        return lists.jobs_found(queryset, search_term), False

    @admin.display(description="What was typed")
    def words(self, job: Any) -> str:
        """Until when what a job was to take out stays, sealed, for whoever mends the cause: nobody reads it here."""
        if not job.has_words:
            return ""
        if job.state != JobState.GIVEN_UP:
            return "sealed, until it is done"
        return f"sealed; removed after {date_format(timezone.localdate(job.asked_at + KEEP_ENVELOPES), 'j M Y')}"
