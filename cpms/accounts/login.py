"""allauth's adapter: closed signup, our second factor among the login stages, quiet pages."""

from __future__ import annotations

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from django.http import HttpRequest

from cpms.accounts import actions


class Adapter(DefaultAccountAdapter):
    """Closed signup, our stage after allauth's own, no mails but through the outbox."""

    error_messages = DefaultAccountAdapter.error_messages | {
        "email_password_mismatch": "E-mail or password is not right."
    }

    def is_open_for_signup(self, _request: HttpRequest) -> bool:
        return False

    def get_login_stages(self) -> list[str]:
        return [*super().get_login_stages(), "cpms.accounts.stages.OTPStage"]

    def add_message(self, *_args: Any, **_kwargs: Any) -> None:
        """allauth's own flash messages ("signed in as …") say nothing our pages do not."""

    def send_mail(self, template_prefix: str, _email: str, _context: dict[str, Any]) -> None:
        """Raises ``ValueError``: no mail of allauth's own goes past the outbox, none either that a new release brings."""
        raise ValueError(f"No notice stands for allauth's mail {template_prefix}.")

    def send_notification_mail(self, _template: str, user: Any, *_args: Any, **_kwargs: Any) -> None:
        """allauth tells of a changed password; the mail is ours and goes by the outbox."""
        actions.end_sessions(user, by=user)
        actions.tell(user, "password_changed")
