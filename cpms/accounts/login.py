"""The second factor inside allauth's login pipeline: the password step leaves a person anonymous, only this stage's
exit signs them in. Every way in (password, reset, later EU Login) ends in the same stages."""

from __future__ import annotations

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.stages import LoginStage
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from cpms.accounts import queries

STAGE = "otp"
MOST_MISSES = 5


class Adapter(DefaultAccountAdapter):
    """Closed signup, our stage after allauth's own, no mails but through the outbox."""

    def is_open_for_signup(self, _request: HttpRequest) -> bool:
        return False

    def get_login_stages(self) -> list[str]:
        return [*super().get_login_stages(), "cpms.accounts.login.OTPStage"]

    def add_message(self, *_args: Any, **_kwargs: Any) -> None:
        """allauth's own flash messages ("signed in as …") say nothing our pages do not."""

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """allauth mails a password-reset link; nothing else of its is used. It goes out after commit, at once.

        The link is a secret that is good for minutes, so it is not written to the outbox table.
        """
        super().send_mail(template_prefix, email, {**context, "current_site": None})

    def format_email_subject(self, subject: str) -> str:
        return subject


class OTPStage(LoginStage):
    """Asks for the one-time code. Whoever has no device yet gets one by a fresh activation link, never here:
    otherwise a leaked password of a sleeping account would be enough to enrol a stranger's phone."""

    key = STAGE
    urlname = "otp_challenge"

    def handle(self) -> tuple[HttpResponse | None, bool]:
        if queries.has_device(self.login.user):
            return redirect("otp_challenge"), True
        messages.error(
            self.request,
            "This account has no second factor yet. Please ask your helpdesk for a new activation link.",
        )
        return redirect("account_login"), False
