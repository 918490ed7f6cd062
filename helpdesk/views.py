"""The month's figures, and the page of the invented people."""

from __future__ import annotations

import datetime as dt
import ipaddress

from django.conf import settings
from django.contrib import auth
from django.http import Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render

from cpms import clock
from cpms.accounts import actions as accounts
from cpms.accounts.access import access, ask
from cpms.accounts.access.routes import CODE_AT, READ, WRITE
from cpms.accounts.roles import Permission
from helpdesk import actions
from helpdesk.demo import mail, people
from helpdesk.exports import TYPES, figures_as
from helpdesk.forms import ExportForm
from helpdesk.kpis import SIGN, Table, charts_of, parts_of, period_of, places_for, sums_for, table_of
from helpdesk.models import MonthlyKpi
from helpdesk.states import Kind


@access("kpis", verb=Permission.KPI_READ)
def kpis(request: HttpRequest) -> HttpResponse:
    """The frozen months, the lines of the newest or the chosen one, and charts and every figure of its first or the chosen line."""
    rows = MonthlyKpi.objects.visible_to(request.user)
    months = list(rows.order_by("-month").values_list("month", flat=True).distinct())
    chosen = parse_month(request.GET.get("month", "")) or (months[0] if months else None)
    table = table_of(request.user, chosen) if chosen else Table([], {}, frozenset())
    lines = table.lines
    line = next((one for one in lines if str(one.pk) == request.GET.get("line")), lines[0] if lines else None)
    context = {
        "months": months,
        "chosen": chosen,
        "rows": table.rows,
        "line": line,
        "charts": charts_of(request.user, line) if line else [],
        "parts": parts_of(line, table.of(line)) if line else [],
        "sign": SIGN,
        "several": len({line.network_id for line in lines}) > 1,
        "may_read_effect": ask(Permission.EFFECT_READ, request.user),
    }
    return render(request, "helpdesk/kpis.html", context)


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
    form = ExportForm(request.POST or None, month=day)
    if not form.is_valid():
        context = {"form": form, "month": day}
        return render(request, "helpdesk/export.html", context, status=422 if form.errors else 200)
    period, kind = period_of(form.cleaned_data["period"]), Kind(form.cleaned_data["kind"])
    count = places_for(request.user, period) if period else 0
    if not period or not count:
        raise Http404
    said = {name: form.cleaned_data[name] for name in ("purpose", "words")}
    actions.note_export(period, kind=kind, count=count, by=request.user, **said)
    headers = {"Content-Disposition": f'attachment; filename="cpms-{period.name}.{kind}"'}
    return StreamingHttpResponse(
        figures_as(kind, sums_for(request.user, period), period), content_type=TYPES[kind], headers=headers
    )


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
    return render(request, "helpdesk/demo.html", {"rows": rows, "password": people.PASSWORD})


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
