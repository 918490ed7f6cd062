"""A network as its helpdesk sees it: its name, after how many days it reminds, and who sets that."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html, format_html_join

from cpms.accounts.access import ask
from cpms.accounts.models import Membership, Network
from cpms.accounts.policy import networks_served_by
from cpms.accounts.roles import Permission, Role
from cpms.notifications.queries import rules_of
from cpms.notifications.states import rule_choices, usual_days
from helpdesk.admin.pages import ReadOnlyAdmin, site


def in_days(days: list[int]) -> str:
    return ", ".join(map(str, days)) or "none"


class NetworkAdmin(ReadOnlyAdmin):
    """Reminders are read here, and set by the network's coordinators on their own page."""

    list_display = ("name", "code", "topic")
    search_fields = ("name", "code")
    search_help_text = "Name or code"
    fields = ("name", "code", "topic")
    readonly_fields = ("reminders", "set_by")

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        """Reminders of the networks that this person serves."""
        served = obj is not None and networks_served_by(request.user).filter(pk=obj.pk).exists()
        return [*self.fields, *(self.readonly_fields if served else ())]

    def get_object(self, request: HttpRequest, object_id: str, from_field: str | None = None) -> Any:
        """With whether its reader may open the page where reminders are set."""
        found: Any = super().get_object(request, object_id, from_field)
        if found is not None:
            found.may_set = bool(ask(Permission.CHASING, request.user))
        return found

    @admin.display(description="Reminders, after so many days")
    def reminders(self, network: Any) -> str:
        """Every rule, with what is usual where the network has its own."""
        rules, lines = rules_of(network), []
        for about, words in rule_choices():
            own = rules[about] != usual_days(about)
            lines.append((words, in_days(rules[about]), f" (usually {in_days(usual_days(about))})" if own else ""))
        return format_html('<ul class="plain">{}</ul>', format_html_join("", "<li>{}: <b>{}</b>{}</li>", lines))

    @admin.display(description="Set by")
    def set_by(self, network: Any) -> str:
        held = Membership.objects.current().filter(role=Role.NETWORK_COORDINATOR, network=network, user__is_active=True)
        names = ", ".join(held.order_by("user__display_name").values_list("user__display_name", flat=True))
        names = names or "nobody: the network has no coordinator"
        if not network.may_set:
            return names
        path = f"{reverse('chasing')}?network={network.pk}"
        return format_html('{}. <a href="{}">Set reminders</a>', names, path)


site.register(Network, NetworkAdmin)
