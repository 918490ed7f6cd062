"""allauth's adapter: closed signup, our second factor among the login stages, quiet pages."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from allauth.account.adapter import DefaultAccountAdapter
from django.http import HttpRequest
from django.urls import reverse

from cpms.accounts import actions


class Adapter(DefaultAccountAdapter):
    """Closed signup, our stage after allauth's own, no mails but through the outbox."""

    def is_open_for_signup(self, _request: HttpRequest) -> bool:
        return False

    def get_login_stages(self) -> list[str]:
        return [*super().get_login_stages(), "cpms.accounts.stages.OTPStage"]

    def add_message(self, *_args: Any, **_kwargs: Any) -> None:
        """allauth's own flash messages ("signed in as …") say nothing our pages do not."""

    def send_password_reset_mail(self, user: Any, _email: str, context: dict[str, Any]) -> None:
        """The link goes to the address of the account, whatever spelling of it was typed."""
        path = urlsplit(context["password_reset_url"]).path
        actions.answer_reset(user.email, owner=user, path=path, by=None)

    def send_mail(self, template_prefix: str, email: str, _context: dict[str, Any]) -> None:
        """What is left of allauth's own mails: to an address without an account. It sends none by itself.

        Raises ``ValueError`` for any other, so that none which a new release brings goes past the outbox.
        """
        if template_prefix != "account/email/unknown_account":
            raise ValueError(f"No notice stands for allauth's mail {template_prefix}.")
        actions.answer_reset(email, owner=None, path=reverse("account_login"), by=None)

    def send_notification_mail(self, _template: str, user: Any, *_args: Any, **_kwargs: Any) -> None:
        """allauth tells of a changed password; the mail is ours and goes by the outbox."""
        actions.end_sessions(user, by=user)
        actions.tell(user, "password_changed")
