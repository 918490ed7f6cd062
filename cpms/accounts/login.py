"""allauth's adapter: closed signup, our second factor among the login stages, quiet pages."""

from __future__ import annotations

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from django.http import HttpRequest

from cpms.accounts import actions


class Adapter(DefaultAccountAdapter):
    """Closed signup, our stage after allauth's own, no mails but through the outbox."""

    def is_open_for_signup(self, _request: HttpRequest) -> bool:
        return False

    def get_login_stages(self) -> list[str]:
        return [*super().get_login_stages(), "cpms.accounts.stages.OTPStage"]

    def add_message(self, *_args: Any, **_kwargs: Any) -> None:
        """allauth's own flash messages ("signed in as …") say nothing our pages do not."""

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """allauth mails a password-reset link; nothing else of its is used. It goes out after commit, at once.

        The link is a secret that is good for minutes, so it is not written to the outbox table.
        """
        super().send_mail(template_prefix, email, {**context, "current_site": None})

    def send_notification_mail(self, _template: str, user: Any, *_args: Any, **_kwargs: Any) -> None:
        """allauth tells of a changed password; the mail is ours and goes by the outbox."""
        actions.end_sessions(user, by=user)
        actions.tell(user, "password_changed")

    def format_email_subject(self, subject: str) -> str:
        return subject
