"""The second factor inside allauth's login pipeline: the password step leaves a person anonymous, only this stage's
exit signs them in. Every way in (password, reset, later EU Login) ends in the same stages."""

from __future__ import annotations

from allauth.account.stages import LoginStage
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.crypto import constant_time_compare

from cpms.accounts import queries

STAGE = "otp"
MOST_MISSES = 5


class OTPStage(LoginStage):
    """Asks for the one-time code. Whoever has no device yet gets one by a fresh activation link, never here:
    otherwise a leaked password of a sleeping account would be enough to enrol a stranger's phone."""

    key = STAGE
    urlname = "otp_challenge"

    def still_stands(self) -> bool:
        """Whether the account is as it was at the first step: switched on, and of the same password. Reads it afresh."""
        user = self.login.user
        user.refresh_from_db()
        return bool(user.is_active) and constant_time_compare(
            self.state.get("password", ""), user.get_session_auth_hash()
        )

    def handle(self) -> tuple[HttpResponse | None, bool]:
        """A session that somebody planted does not hold the begun login: its key changes here, and once more at the end."""
        self.request.session.cycle_key()
        self.state["password"] = self.login.user.get_session_auth_hash()
        if queries.has_device(self.login.user):
            return redirect("otp_challenge"), True
        messages.error(
            self.request,
            "This account has no second factor yet. Ask your helpdesk for a new activation link.",
        )
        return redirect("account_login"), False
