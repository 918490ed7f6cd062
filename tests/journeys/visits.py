"""Which pages the tours see. Every route that answers GET stands in one of these tables, or the test fails."""

from __future__ import annotations

from dataclasses import dataclass

from django.urls import reverse

from cpms.accounts.access import route_of
from helpdesk.admin import site
from helpdesk.people.urls import urlpatterns as people
from tests.access.routes import address, admins, ours


@dataclass(frozen=True)
class Visit:
    """One page as one person sees it. ``of`` names the thing in ``Rooms`` that the address asks for."""

    who: str
    route: str
    of: str = ""
    query: str = ""
    status: int = 200

    @property
    def name(self) -> str:
        return " ".join(filter(None, (self.route, self.of, self.query, f"as {self.who}")))

    def path(self, rooms) -> str:
        route = ROUTES[self.route]
        return address(self.route, route, rooms.thing(route.model, self.of), EXTRA.get(self.route, {})) + self.query


ROUTES = {name: route for name, _pattern, route in ours()}

EXTRA = {
    "patients:sheet": {"language": "en"},
    "cases:form": {"slug": "adrenal"},
    "outcomes:version": {"number": 1},
    "cases:blank_form": {"slug": "adrenal"},
    "manual:chapter": {"chapter": "panel"},
    "manual:open": {"chapter": "coming-in"},
    "cases:range": {"network": "ENDO", "number": 1, "test": "phosphate"},
    "kpis_export": {"month": "2020-01"},
    "confirm_address": {"token": "x"},
}

# What a browser never shows as a page of its own
NO_PAGE = {
    "livez": "a word for the machine that watches",
    "readyz": "two words for the machine that watches",
    "cases:phenopacket": "a file",
    "cases:files_checked": "a line of the page of files",
    "cases:file_page": "a picture",
    "cases:blank_form_pdf": "a file",
    "cases:download_file": "a file",
    "patients:export": "a file",
    "patients:sheet_pdf": "a file",
    "panels:experts": "rows of the page that invites",
    "panels:news": "a line of the panel's page",
    "outcomes:progress": "a bar of the outcome's page",
    "outcomes:download": "a file",
    "figures_progress": "a bar of the file's page",
    "figures_download": "a file",
    "meetings:calendar": "a file",
    "meetings:live": "parts of the meeting's sheet",
    "meetings:join": "the way to another host",
    "meetings:talk": "the way to another host",
    "meetings:feed": "a file",
    "outcomes:statement_pdf": "a file",
    "people:table_progress": "a bar of the table's page",
    "people:table_to_mend": "a file",
}

LEAD = (
    Visit("lead", "home"),
    Visit("lead", "panels:list"),
    Visit("lead", "panels:list", query="?state=open"),
    Visit("lead", "panels:search"),
    Visit("lead", "panels:new"),
    Visit("lead", "panels:prepare", "draft"),
    Visit("lead", "cases:edit", "open"),
    Visit("lead", "cases:labs", "open"),
    Visit("lead", "cases:take_in", "open"),
    Visit("lead", "cases:rectify", "open"),
    Visit("lead", "cases:files", "open"),
    Visit("lead", "cases:file", "open"),
    Visit("lead", "cases:findings", "open"),
    Visit("lead", "cases:form", "open"),
    Visit("lead", "cases:blank_form"),
    Visit("lead", "panels:detail", "open"),
    Visit("lead", "panels:detail", "signing"),
    Visit("lead", "panels:detail", "closed"),
    Visit("lead", "panels:invite", "open"),
    Visit("lead", "panels:stance", "open", "?kind=amend"),
    Visit("lead", "panels:reword_message", "open"),
    Visit("lead", "meetings:schedule", "open"),
    Visit("lead", "meetings:detail", "open"),
    Visit("lead", "meetings:sheet", "open"),
    Visit("lead", "meetings:decide", "open"),
    Visit("lead", "meetings:time", "open"),
    Visit("lead", "meetings:propose", "open"),
    Visit("lead", "meetings:dates", "open"),
    Visit("lead", "meetings:move", "open"),
    Visit("lead", "meetings:change", "open"),
    Visit("lead", "meetings:bring", "open"),
    Visit("lead", "meetings:address"),
    Visit("lead", "outcomes:edit", "writing"),
    Visit("lead", "outcomes:edit", "signing"),
    Visit("lead", "outcomes:edit", "closed"),
    Visit("lead", "patients:list"),
    Visit("lead", "patients:detail", "open"),
    Visit("lead", "panels:hand_over"),
    Visit("lead", "patients:consent", "open"),
    Visit("lead", "patients:describe", "open"),
    Visit("lead", "patients:erase", "open"),
    Visit("lead", "patients:reviews"),
    Visit("lead", "patients:review", "open"),
    Visit("lead", "patients:review", "draft"),
    Visit("lead", "patients:erase_after_review", "open"),
    Visit("lead", "patients:sheet"),
    Visit("lead", "panels:questions"),
    Visit("lead", "panels:ask"),
    Visit("lead", "panels:question", "question"),
    Visit("lead", "panels:sight", "open"),
    Visit("lead", "panels:let_in", "open"),
    Visit("lead", "experts"),
    Visit("lead", "expert", "open"),
    Visit("lead", "expert_groups"),
    Visit("lead", "expert_group", "saved"),
    Visit("lead", "matrix"),
    Visit("lead", "condition_matrix"),
    Visit("lead", "expertise"),
    Visit("lead", "security"),
    Visit("lead", "security_phone"),
    Visit("lead", "address"),
    Visit("lead", "people:my_phone"),
    Visit("lead", "assistants"),
    Visit("lead", "absence"),
    Visit("lead", "step_up"),
    Visit("lead", "profile"),
    Visit("lead", "mails"),
    Visit("lead", "panels:referral", "accepted"),
    Visit("lead", "outcomes:statement"),
    Visit("lead", "outcomes:correct", "closed"),
    Visit("lead", "outcomes:after", "closed"),
    Visit("lead", "outcomes:survey", "survey"),
    Visit("lead", "tickets:raise", query="?at=panels:list"),
    Visit("lead", "tickets:list"),
    Visit("lead", "tickets:ticket", "ticket"),
    Visit("lead", "tickets:status"),
    Visit("lead", "manual:contents"),
    Visit("lead", "manual:search"),
    Visit("lead", "manual:chapter"),
    Visit("lead", "manual:open"),
)
OTHERS = (
    Visit("member", "confirm_address", status=410),
    Visit("member", "home"),
    Visit("member", "panels:detail", "open"),
    Visit("member", "cases:file", "open"),
    Visit("member", "panels:reword_statement", "open"),
    Visit("member", "panels:leave", "open"),
    Visit("member", "panels:propose_colleague", "open"),
    Visit("member", "outcomes:edit", "signing"),
    Visit("member", "outcomes:edit", "closed"),
    Visit("member", "outcomes:version", "closed"),
    Visit("member", "outcomes:handed", "closed"),
    Visit("member", "meetings:detail", "open"),
    Visit("member", "meetings:sheet", "open"),
    Visit("member", "meetings:dates", "open"),
    Visit("member", "meetings:list"),
    Visit("invited", "panels:invitation", "open"),
    Visit("nobody", "home"),
    Visit("nobody", "panels:list"),
    Visit("nobody", "patients:list"),
    Visit("nobody", "panels:detail", "open", status=404),
    Visit("nobody", "kpis", status=403),
    Visit("nobody", "panels:mark", "open", status=405),
    Visit("coordinator", "meetings:series_new"),
    Visit("coordinator", "meetings:series", "open"),
    Visit("coordinator", "meetings:series_change", "open"),
    Visit("coordinator", "meetings:series_when", "open"),
    Visit("coordinator", "home"),
    Visit("coordinator", "chasing"),
    Visit("coordinator", "panels:referrals"),
    Visit("coordinator", "panels:referral", "referral"),
    Visit("coordinator", "outcomes:topics"),
    Visit("coordinator", "cases:ranges"),
    Visit("coordinator", "cases:range", query="?default=0"),
    Visit("coordinator", "outcomes:surveys"),
    Visit("coordinator", "outcomes:effectiveness"),
    Visit("coordinator", "panels:dispatches"),
    Visit("coordinator", "panels:dispatch", "open"),
    Visit("coordinator", "panels:dispatch", "writing"),
    Visit("researcher", "panels:registries"),
    Visit("researcher", "panels:registry", "closed"),
    Visit("core", "tickets:publish"),
    Visit("core", "tickets:change", "entry"),
    Visit("core", "tickets:ticket", "ticket"),
    Visit("core", "tickets:list"),
    Visit("coordinator", "kpis"),
    Visit("coordinator", "kpis_definitions"),
    Visit("coordinator", "kpis_export"),
    Visit("coordinator", "kpis_evidence", "open"),
    Visit("coordinator", "figures_file", "figures"),
    Visit("coordinator", "kpis", query="?month=2020-01"),
)
PUBLIC = (
    Visit("anybody", "account_login"),
    Visit("anybody", "account_signup"),
    Visit("anybody", "account_inactive"),
    Visit("anybody", "account_reset_password"),
    Visit("anybody", "account_reset_password_done"),
    Visit("anybody", "account_reset_password_from_key_done"),
    Visit("anybody", "panels:refer"),
    Visit("anybody", "panels:referred"),
    Visit("anybody", "outcomes:verify"),
    Visit("anybody", "tickets:status"),
    Visit("anybody", "manual:open"),
    Visit("anybody", "demo"),
    Visit("anybody", "demo_mail"),
    Visit("anybody", "gallery"),
)
# Pages that stand behind a step; each is reached by walking, in the test of the same name
WALKED = {
    "otp_challenge": "test_every_step_of_signing_in",
    "activate": "test_every_step_of_an_activation",
    "otp_enrol": "test_every_step_of_an_activation",
    "account_reset_password_from_key": "test_every_step_of_a_new_password",
    "cases:form_preview": "test_every_page_of_the_staff_site",
    "patients:sheet_preview": "test_every_page_of_the_staff_site",
    "panels:referral_status": "test_the_pages_of_getting_in",
    **dict.fromkeys(
        (
            f"people:{entry.name}"
            for entry in people
            if "GET" in route_of(entry.callback).methods and f"people:{entry.name}" not in NO_PAGE
        ),
        "test_the_pages_of_getting_in",
    ),
}


def staff_pages() -> list[tuple[str, str]]:
    """(name, path) of index, lists, single things and searches, made from what the site registers."""
    found = [("index", reverse("helpdesk:index"))]
    labels = {model._meta.app_label for model in site._registry}
    found += [(label, reverse("helpdesk:app_list", args=[label])) for label in sorted(labels)]
    for model, admin in site._registry.items():
        base = f"helpdesk:{model._meta.app_label}_{model._meta.model_name}"
        whole = reverse(f"{base}_changelist")
        first = model._default_manager.first()
        assert first is not None, f"Rooms holds no {model.__name__}"
        if "_add" in admin.pages:
            found.append((f"{base} new", reverse(f"{base}_add")))
        found += [(f"{base} list", whole), (f"{base} one", reverse(f"{base}_change", args=[first.pk]))]
        if admin.search_fields:
            found += [(f"{base} found", f"{whole}?q=a"), (f"{base} not found", f"{whole}?q=zzzz")]
    return found


def all_pages() -> set[str]:
    """Every route that answers GET, the staff site's included."""
    named = {name for name, _pattern, route in [*ours(), *admins()] if "GET" in route.methods}
    return {name for name in named if not name.endswith(":None")}  # the staff site's own "not found" has no name
