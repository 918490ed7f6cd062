"""The helpdesk's admin site: accounts, centres, mails on their way. No clinical model, no password, no deletion."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.widgets import RelatedFieldWidgetWrapper
from django.db.models import QuerySet
from django.http import HttpRequest
from django.template.response import TemplateResponse
from django.urls import reverse

from cpms import countries
from cpms.accounts import actions as accounts
from cpms.accounts.access import Route
from cpms.accounts.models import AdvocacyGroup, Centre, Membership, ThematicGroup, User
from cpms.accounts.policy import may_use_staff_site, networks_served_by
from cpms.accounts.queries import holding, with_device, written
from cpms.accounts.roles import Permission
from helpdesk import actions as helpdesk
from helpdesk import queries
from helpdesk.admin.filters import (
    ActivatedFilter,
    ClearedFilter,
    HospitalKindFilter,
    HospitalsNetworkFilter,
    InForceFilter,
    NetworkFilter,
    PanelsFilter,
    PersonsNetworkFilter,
    RoleHeldFilter,
    RolesNetworkFilter,
    SignedInFilter,
)
from helpdesk.admin.seen import SeenForm
from helpdesk.models import MonthlyKpi

LEFT_OUT = {"login", "logout", "password_change", "password_change_done", "autocomplete", "jsi18n", "view_on_site"}


class HelpdeskAdminSite(admin.AdminSite):
    """Behind the same login and second factor as everything else."""

    site_header = site_title = "CPMS helpdesk"
    index_title = "Today"
    site_url = "/"
    enable_nav_sidebar = False
    access = Route("helpdesk", verb=Permission.STAFF_SITE, methods=frozenset({"GET", "HEAD", "POST"}))

    def has_permission(self, request: HttpRequest) -> bool:
        user: Any = request.user
        return user.is_authenticated and user.is_verified() and bool(may_use_staff_site(user))

    def index(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> Any:
        """What waits today, and below it the lists; or one part of it alone, page by page."""
        page = request.GET.get("page", "")
        number = int(page) if page.isdecimal() and 0 < len(page) < 5 else 1
        if alone := queries.part_alone(request.GET.get("part", ""), request.user, page=max(number, 1)):
            return TemplateResponse(
                request, "helpdesk/today_part.html", {**self.each_context(request), "part": alone[0]}
            )
        today = {"parts": queries.parts_of(request.user), "effect": queries.effect_of_nudges(request.user)}
        return super().index(request, {"today": today, **(extra_context or {})})

    def get_urls(self) -> list[Any]:
        """The index and the lists. No second login or logout, no form for a password, nothing that answers to a script."""
        return [entry for entry in super().get_urls() if getattr(entry, "name", None) not in LEFT_OUT]


class ReadOnlyAdmin(admin.ModelAdmin):
    """Staff look; what changes something is an action of ours, never a form of the admin's."""

    actions: Any = None
    list_per_page = 50
    view_on_site: Any = False
    form = SeenForm
    pages: tuple[str, ...] = ("_changelist", "_change")

    def get_urls(self) -> list[Any]:
        """A list and a page of each thing; there is no address for what nobody may do."""
        return [entry for entry in super().get_urls() if str(entry.name).endswith(self.pages)]

    def formfield_for_dbfield(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        """The plain control, without the admin's links to other forms in windows of their own."""
        field: Any = super().formfield_for_dbfield(db_field, request, **kwargs)
        if field is not None and isinstance(field.widget, RelatedFieldWidgetWrapper):
            field.widget = field.widget.widget
        return field

    def get_search_results(self, request: HttpRequest, queryset: QuerySet[Any], search_term: str) -> Any:
        """By each word of the names, in every alphabet and without accents."""
        if not (self.search_fields and search_term.strip()):
            return queryset, False
        return queryset.filter(pk__in=holding(written(queryset, *self.search_fields), search_term)), False

    def has_module_permission(self, request: HttpRequest) -> bool:
        return bool(may_use_staff_site(request.user))

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return bool(may_use_staff_site(request.user))

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


class UserAdmin(ReadOnlyAdmin):
    list_display = ("display_name", "email", "centre", "activated_at", "is_active", "last_login")
    list_filter = (
        PersonsNetworkFilter,
        RoleHeldFilter,
        SignedInFilter,
        ActivatedFilter,
        "is_active",
        "centre__country",
    )
    list_select_related = ("centre",)
    search_fields = ("display_name", "email", "centre__name")
    search_help_text = "Name, address or hospital"
    _who = ("display_name", "email", "job_title", "centre", "guest_hospital", "country", "zone", "is_active")
    fields = (*_who, "date_joined", "activated_at", "last_login")
    actions = ("send_activation_link",)

    def get_queryset(self, request: HttpRequest) -> QuerySet[User]:
        """The accounts that this person looks after, as on the list of accounts."""
        everybody: Any = super().get_queryset(request)
        accounts: QuerySet[User] = everybody.visible_to(request.user)
        return accounts

    def view_on_site(self, person: User) -> str:
        """The account's own page: it opens for whoever finds the account here."""
        return reverse("people:person", args=[person.pk])

    @admin.action(description="Mail a fresh activation link", permissions=["view"])
    def send_activation_link(self, request: HttpRequest, queryset: QuerySet[User]) -> None:
        waiting = list(queryset.filter(is_active=True).exclude(pk__in=with_device(queryset).values("pk")))
        for user in waiting:
            helpdesk.send_activation(user, by=request.user)
        self.message_user(
            request,
            f"{len(waiting)} link{'' if len(waiting) == 1 else 's'} mailed. Accounts in use or switched off were left alone.",
            messages.SUCCESS,
        )


class CentreAdmin(ReadOnlyAdmin):
    list_display = ("name", "city", "country", "cleared_on")
    list_filter = (HospitalsNetworkFilter, HospitalKindFilter, ClearedFilter, PanelsFilter, "country")
    search_fields = ("name", "city")
    search_help_text = "Name or city"

    def get_queryset(self, request: HttpRequest) -> QuerySet[Centre]:
        """The hospitals that this person looks after, as on the list of hospitals."""
        return super().get_queryset(request).filter(pk__in=Centre.objects.visible_to(request.user))

    def view_on_site(self, centre: Centre) -> str:
        """The hospital's own page: it opens for whoever finds the hospital here."""
        return centre.get_absolute_url()


class MembershipAdmin(ReadOnlyAdmin):
    list_display = ("user", "role", "centre", "group", "network", "valid_from", "valid_to")
    list_filter = (InForceFilter, RolesNetworkFilter, "role")
    list_select_related = ("user", "centre", "group__network", "network")
    search_fields = ("user__display_name", "user__email", "centre__name")
    search_help_text = "Name, address or hospital"

    def get_queryset(self, request: HttpRequest) -> QuerySet[Membership]:
        """The roles of the accounts that this person looks after."""
        return super().get_queryset(request).filter(user__in=User.objects.visible_to(request.user))


class KpiAdmin(ReadOnlyAdmin):
    """Which lines are frozen. What they count stands on the page of the reports alone, where the few are kept back."""

    fields = list_display = ("month", "network", "group", "country", "centre", "frozen_at")
    list_filter = ("month", NetworkFilter)
    list_select_related = ("network", "group__network", "centre")

    def get_queryset(self, request: HttpRequest) -> QuerySet[MonthlyKpi]:
        """The lines that the reports show to this person."""
        return super().get_queryset(request).filter(pk__in=MonthlyKpi.objects.visible_to(request.user))


class GroupForm(SeenForm):
    class Meta:
        model = ThematicGroup
        fields = ("network", "parent", "number", "name")

    def clean(self) -> dict[str, Any]:
        """What the action would refuse is said beside the form."""
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        parent = cleaned.get("parent")
        if parent is not None and (
            parent.parent_id or parent.network_id != getattr(cleaned.get("network"), "pk", None)
        ):
            self.add_error("parent", "A sub-group belongs to a main group of the same network; there are two levels.")
        return cleaned


class OwnNetworkAdmin(ReadOnlyAdmin):
    """What staff add and change here, each within the networks they serve."""

    pages = ("_changelist", "_change", "_add")
    list_filter = (NetworkFilter,)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        return super().get_queryset(request).filter(network__in=networks_served_by(request.user))

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return bool(may_use_staff_site(request.user))

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return (obj is None or obj.network in networks_served_by(request.user)) and self.has_add_permission(request)

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        if db_field.name == "network":
            kwargs["queryset"] = networks_served_by(request.user)
        return super().formfield_for_foreignkey(db_field, request, **kwargs)


class GroupAdmin(OwnNetworkAdmin):
    """Two levels of groups."""

    form = GroupForm
    list_display = ("__str__", "network", "parent")
    search_fields = ("name", "network__code", "parent__name")
    search_help_text = "Group or network"
    list_select_related = ("network", "parent__network")

    def save_model(self, request: HttpRequest, obj: ThematicGroup, form: Any, change: Any) -> None:
        accounts.save_group(obj, by=request.user)


class AdvocacyGroupAdmin(OwnNetworkAdmin):
    list_display = ("name", "network", "country")
    search_fields = ("name", "network__code")
    search_help_text = "Name or network"

    def formfield_for_dbfield(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        if db_field.name == "country":
            return forms.ChoiceField(choices=countries.choices)
        return super().formfield_for_dbfield(db_field, request, **kwargs)

    def save_model(self, request: HttpRequest, obj: AdvocacyGroup, form: Any, change: Any) -> None:
        accounts.save_advocacy_group(obj, by=request.user)


site = HelpdeskAdminSite(name="helpdesk")
site.register(User, UserAdmin)
site.register(Centre, CentreAdmin)
site.register(Membership, MembershipAdmin)
site.register(AdvocacyGroup, AdvocacyGroupAdmin)
site.register(ThematicGroup, GroupAdmin)
site.register(MonthlyKpi, KpiAdmin)
