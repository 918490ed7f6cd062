"""What is asked and signed: consent sheets, registries, and the forms of the thematic groups, in versions."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html

from consent import actions as consent
from consent.models import ConsentForm, Registry
from consent.states import PUBLISHED_BEFORE
from cpms import clock
from cpms.accounts.policy import may_use_staff_site, networks_served_by
from helpdesk.admin.pages import ReadOnlyAdmin, site
from helpdesk.admin.seen import SeenForm
from helpdesk.queries import lists
from panels.cases import actions as cases
from panels.cases.importers import form_file
from panels.cases.importers.read_case import ImportRefused
from panels.cases.models import CaseForm


class ConsentSheetForm(SeenForm):
    class Meta:
        model = ConsentForm
        fields = ("language", "version", "title", "body", "is_model", "published_on")
        help_texts = {
            "body": "A line that begins with “# ” is a heading, one with “[] ” a question of yes or no; the second question is stage 2. "
            "CPMS adds boxes, registries, and lines for names and signatures: in German, English, Spanish, French, Italian and Polish, "
            "else in English, which the sheet then says. Look at the preview.",
            "published_on": "Today or a later day. From that day on nobody changes this version; until then it is a draft.",
        }

    def clean_published_on(self) -> dt.date | None:
        day: dt.date | None = self.cleaned_data["published_on"]
        if day and day < clock.today():
            raise forms.ValidationError(PUBLISHED_BEFORE)
        return day


class ConsentFormAdmin(ReadOnlyAdmin):
    """Languages and versions of the consent sheet. A published version is read, never changed; the preview is the page itself."""

    form = ConsentSheetForm
    pages = ("_changelist", "_change", "_add")
    list_display = ("language", "version", "title", "is_model", "published_on", "preview")
    list_filter = ("language", "is_model")
    search_fields = ("title", "language")
    search_help_text = "Title or language"
    fields = ("language", "version", "title", "body", "is_model", "published_on")

    def get_search_results(self, request: HttpRequest, queryset: QuerySet[Any], search_term: str) -> Any:
        return lists.sheets_found(queryset, search_term), False

    @admin.display(description="preview")
    def preview(self, form: ConsentForm) -> str:
        return format_html('<a href="{}">as patients see it</a>', reverse("patients:sheet_preview", args=[form.pk]))

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return bool(may_use_staff_site(request.user))

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return bool(may_use_staff_site(request.user)) and (obj is None or not obj.is_published)

    def save_model(self, request: HttpRequest, obj: ConsentForm, form: Any, change: Any) -> None:
        consent.save_form(obj, by=request.user)


class CaseFormForm(SeenForm):
    class Meta:
        model = CaseForm
        fields = ("slug", "version", "title", "network", "number", "body")
        help_texts = {
            "body": "A FHIR R4 Questionnaire as JSON. What a form does not know is refused and named.",
        }

    def clean_body(self) -> str:
        body: str = self.cleaned_data["body"]
        try:
            form_file.read(body.encode())
        except ImportRefused as refusal:
            raise forms.ValidationError(str(refusal)) from refusal
        return body


class CaseFormAdmin(ReadOnlyAdmin):
    """Forms of the thematic groups. A draft is looked at, and published, on its preview; a published version is only read."""

    form = CaseFormForm
    pages = ("_changelist", "_change", "_add")
    list_display = ("title", "slug", "version", "network", "number", "published_at", "preview")
    list_filter = (("published_at", admin.EmptyFieldListFilter),)
    search_fields = ("title", "slug", "network")
    search_help_text = "Title, short name or network"
    fields = ("slug", "version", "title", "network", "number", "body")

    def formfield_for_dbfield(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        if db_field.name == "network":
            own = [(code, code) for code in networks_served_by(request.user).values_list("code", flat=True)]
            return forms.ChoiceField(choices=[("", "every case"), *own], required=False)
        return super().formfield_for_dbfield(db_field, request, **kwargs)

    def get_queryset(self, request: HttpRequest) -> QuerySet[CaseForm]:
        """Those of the networks this person serves, and those for every case."""
        own = networks_served_by(request.user).values("code")
        return super().get_queryset(request).filter(Q(network="") | Q(network__in=own))

    @admin.display(description="preview")
    def preview(self, form: CaseForm) -> str:
        return format_html('<a href="{}">as clinicians see it</a>', reverse("cases:form_preview", args=[form.pk]))

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return bool(may_use_staff_site(request.user))

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return bool(may_use_staff_site(request.user)) and (obj is None or obj.published_at is None)

    def save_model(self, request: HttpRequest, obj: CaseForm, form: Any, change: Any) -> None:
        cases.save_case_form(obj, by=request.user)


class RegistryAdmin(ReadOnlyAdmin):
    """Registries and databases that consent to stage 2 may name. The code stays as added: consents and roles hang on it."""

    pages = ("_changelist", "_change", "_add")
    list_display = ("name", "code", "closed_on")
    search_fields = ("name", "code")
    search_help_text = "Name or code"

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        return ("code",) if obj else ()

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return bool(may_use_staff_site(request.user))

    has_change_permission = has_add_permission

    def save_model(self, request: HttpRequest, obj: Registry, form: Any, change: Any) -> None:
        consent.save_registry(obj, by=request.user)


site.register(ConsentForm, ConsentFormAdmin)
site.register(Registry, RegistryAdmin)
site.register(CaseForm, CaseFormAdmin)
