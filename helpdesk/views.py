"""The month's figures, and the page of the invented people."""

from __future__ import annotations

import datetime as dt
import ipaddress
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.contrib import auth
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse

from cpms import clock
from cpms.accounts import actions as accounts
from cpms.accounts.access import access, ask
from cpms.accounts.access.routes import CODE_AT, READ, WRITE
from cpms.accounts.models import Centre, Network
from cpms.accounts.roles import Permission
from helpdesk import actions
from helpdesk.demo import archive, mail, people
from helpdesk.exports import TYPES, figures_as
from helpdesk.forms import ExportForm, PurposeForm
from helpdesk.kpis import (
    FIGURES,
    SIGN,
    START,
    Part,
    Table,
    charts_of,
    networks_in,
    parts_of,
    period_of,
    places_for,
    sums_for,
    table_of,
)
from helpdesk.kpis.few import represents
from helpdesk.models import FigureFile, MonthlyKpi
from helpdesk.states import AT_ONCE, Kind

PAGE = 100
"""Lines of a month shown at once; all of them are in the table to download."""


@access("kpis", verb=Permission.KPI_READ)
def kpis(request: HttpRequest) -> HttpResponse:
    """The frozen months, the lines of the newest or the chosen one, and charts and every figure of its first or the chosen line."""
    rows = MonthlyKpi.objects.visible_to(request.user)
    months = list(rows.order_by("-month").values_list("month", flat=True).distinct())
    chosen = parse_month(request.GET.get("month", "")) or (months[0] if months else None)
    asked = parse_month(request.GET.get("from", ""))
    since = asked if asked in months and chosen and asked < chosen else None
    found = lines_of(request, rows.filter(month=chosen) if chosen else rows.none())
    line, network = found["line"], found["network"]
    kept = {
        "month": chosen and f"{chosen:%Y-%m}",
        "from": since and f"{since:%Y-%m}",
        "network": network and network.code,
    }
    context = {
        "months": months,
        "chosen": chosen,
        "since": since,
        "too_late": asked if asked in months and since is None else None,
        "query": urlencode({name: value for name, value in kept.items() if value}) + "&",
        "charts": charts_of(request.user, line, since or START) if line else [],
        "sign": SIGN,
        "may_take_evidence": line and line.centre and ask(Permission.CENTRE_EVIDENCE, request.user, line.centre),
        "may_read_effect": ask(Permission.EFFECT_READ, request.user),
    }
    return render(request, "helpdesk/kpis.html", context | found)


def lines_of(request: HttpRequest, rows: QuerySet[MonthlyKpi]) -> dict[str, Any]:
    """A page of a month's lines, of all networks or of the chosen one, and the line that is shown in full."""
    networks = list(Network.objects.filter(pk__in=networks_in(rows)).order_by("name"))
    network = next((one for one in networks if one.code == request.GET.get("network")), None)
    rows = rows.filter(network=network) if network else rows
    page = Paginator(rows.values_list("pk", flat=True), PAGE).get_page(request.GET.get("page"))
    number, shown = request.GET.get("line", "")[:18], set(page)
    asked = (rows.filter(pk=number).first() if number.isdecimal() else None) or rows.first()
    table = table_of(request.user, asked.month, {*shown, asked.pk}) if asked else Table([], {}, frozenset())
    line = next((one for one in table.lines if asked and one.pk == asked.pk), None)
    return {
        "networks": networks,
        "network": network,
        "page": page,
        "rows": [row for row in table.rows if row.line.pk in shown],
        "line": line,
        "parts": parts_of(line, table) if line else [],
    }


@access("kpis_definitions", verb=Permission.KPI_READ)
def kpis_definitions(request: HttpRequest) -> HttpResponse:
    """What each figure counts, from the table that ``docs/kpis.md`` is made of."""
    parts = [(part, [one for one in FIGURES if one.part == part]) for part in Part]
    return render(request, "helpdesk/definitions.html", {"parts": parts, "sign": SIGN})


def parse_month(text: str) -> dt.date | None:
    """ "2026-10" as its first day; ``None`` for anything else."""
    period = period_of(text)
    return period.months[0] if period and len(period.months) == 1 else None


@access("kpis_export", verb=Permission.KPI_READ, methods=READ | WRITE, step_up=True)
def kpis_export(request: HttpRequest, month: str) -> HttpResponseBase:
    """Asks what the figures are for; then a month, its quarter or its year as a file, by the places that the person sees."""
    day = parse_month(month)
    if day is None:
        raise Http404
    form = ExportForm(request.POST or None, month=day, size=lambda name: size_of(name, request.user))
    if not form.is_valid():
        context = {"form": form, "month": day}
        return render(request, "helpdesk/export.html", context, status=422 if form.errors else 200)
    period, kind = period_of(form.cleaned_data["period"]), Kind(form.cleaned_data["kind"])
    if not period or not form.count:
        raise Http404
    said = {name: form.cleaned_data[name] for name in ("purpose", "words")}
    if kind == Kind.PDF or (kind == Kind.XLSX and form.lines > AT_ONCE):
        return redirect(actions.order_figures(period, kind=kind, count=form.count, by=request.user, **said))
    actions.note_export(period.name, kind=kind, count=form.count, by=request.user, **said)
    headers = {"Content-Disposition": f'attachment; filename="cpms-{period.name}.{kind}"'}
    return StreamingHttpResponse(
        figures_as(kind, sums_for(request.user, period), period), content_type=TYPES[kind], headers=headers
    )


def size_of(name: str, user: Any) -> int:
    """How many lines of a period the person sees."""
    period = period_of(name)
    return places_for(user, period) if period else 0


@access("kpis_evidence", object=Centre, verb=Permission.CENTRE_EVIDENCE, methods=READ | WRITE, step_up=True)
def evidence(request: HttpRequest, centre: Centre) -> HttpResponse:
    """Asks what the pack is for, and has it made."""
    form = PurposeForm(request.POST or None)
    if form.is_valid():
        return redirect(actions.order_evidence(centre, by=request.user, **form.cleaned_data))
    context = {"form": form, "centre": centre, "exact": represents(request.user, centre)}
    return render(request, "helpdesk/evidence.html", context, status=422 if form.errors else 200)


@access("figures_file", object=FigureFile, verb=Permission.KPI_READ)
def figures_file(request: HttpRequest, file: FigureFile) -> HttpResponse:
    """How far the file is, and where it is fetched."""
    period = period_of(file.period)
    words = f"Figures of {period.words}" if period else f"Evidence of {file.centre}"
    month = f"?month={period.months[-1]:%Y-%m}" if period else ""
    return render(request, "helpdesk/file.html", {"file": file, "words": words, "back": reverse("kpis") + month})


@access("figures_progress", object=FigureFile, verb=Permission.KPI_READ)
def figures_progress(request: HttpRequest, file: FigureFile) -> HttpResponse:
    """A fragment that the page polls until the file is ready."""
    return render(request, "helpdesk/_file.html", {"file": file})


@access("figures_again", object=FigureFile, verb=Permission.KPI_FILE_AGAIN, methods=WRITE)
def figures_again(request: HttpRequest, file: FigureFile) -> HttpResponse:
    """The same file once more, where it could not be made."""
    actions.make_again(file, by=request.user)
    return redirect(file)


@access("figures_download", object=FigureFile, verb=Permission.KPI_READ, step_up=True)
def figures_download(request: HttpRequest, file: FigureFile) -> HttpResponse:
    data = actions.fetch_file(file, by=request.user)
    headers = {
        "Content-Disposition": f'attachment; filename="{file.filename}"',
        "Content-Security-Policy": "sandbox; default-src 'none'",
    }
    return HttpResponse(data, content_type=TYPES[file.kind], headers=headers)


def demo_only(request: HttpRequest) -> None:
    """404 unless this is a demonstration asked for from the same machine."""
    try:
        local = ipaddress.ip_address(request.META.get("REMOTE_ADDR", "")).is_loopback
    except ValueError:
        local = False
    if not (settings.DEMO and local and "HTTP_X_FORWARDED_FOR" not in request.META):
        raise Http404


@access("demo", public="demonstration on loopback only; the people are invented")
def demo(request: HttpRequest) -> HttpResponse:
    """Who a newcomer can be: name, part, e-mail, password and the current code."""
    demo_only(request)
    rows = [(person, people.one_time_code(person)) for person in people.PEOPLE]
    past = None if archive.is_whole() else {"there": archive.loaded(), "all": archive.panels_in_all()}
    return render(request, "helpdesk/demo.html", {"rows": rows, "password": people.PASSWORD, "past": past})


@access("demo_be", public="demonstration on loopback only; the invented people and nobody else", methods=WRITE)
def demo_be(request: HttpRequest) -> HttpResponse:
    """Be one of the invented people at once, in a session as their password and code would leave it."""
    demo_only(request)
    phone = people.phone_of(request.POST.get("person", ""))
    if phone is None:
        raise Http404
    user = phone.user
    user.otp_device = phone
    auth.logout(request)  # nothing of whoever one was before goes along
    auth.login(request, user, backend=settings.AUTHENTICATION_BACKENDS[0])
    accounts.sign_in_verified(user, by=user)
    request.session[CODE_AT] = clock.now().timestamp()
    return redirect("home")


@access("demo_mail", public="demonstration on loopback only; mails to invented people")
def demo_mail(request: HttpRequest) -> HttpResponse:
    demo_only(request)
    return render(request, "helpdesk/demo_mail.html", {"mails": mail.newest(settings.MAIL_DIR)})
