"""A person in front of a real web process: what a browser sends, and the cookies that it keeps."""

from __future__ import annotations

import contextlib
import http.client
import time
from http.cookies import SimpleCookie
from urllib.parse import urlencode

from django.conf import settings
from django.test.client import BOUNDARY, MULTIPART_CONTENT, encode_multipart
from django.urls import reverse

from tests.factories import PASSWORD, code_for

TOKEN = "a" * 32
FORM = "application/x-www-form-urlencoded"


class Visitor:
    """``answers`` keeps what was done, the status and the seconds of every request."""

    def __init__(self, port: int, answers: list[tuple[str, int, float]]) -> None:
        self.port, self.answers = port, answers
        self.cookies = {settings.CSRF_COOKIE_NAME: TOKEN}

    def sign_in(self, device) -> None:
        """Password and code, each a POST of its own."""
        self.ask("sign in", "POST", reverse("account_login"), login=device.user.email, password=PASSWORD)
        self.ask("sign in", "POST", reverse("otp_challenge"), code=code_for(device))

    def ask(self, what: str, method: str, path: str, **fields) -> int:
        """One request with these fields as a form; a file among them makes it an upload. Gives the status."""
        is_upload = any(hasattr(value, "read") for value in fields.values())
        body = encode_multipart(BOUNDARY, fields) if is_upload else urlencode(fields)
        cookies = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        token = self.cookies[settings.CSRF_COOKIE_NAME]
        headers = {"Cookie": cookies, "X-CSRFToken": token, "Host": "localhost"}
        headers["Content-Type"] = MULTIPART_CONTENT if is_upload else FORM
        began = time.monotonic()
        with contextlib.closing(http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)) as web:
            web.request(method, path, body if method == "POST" else None, headers)
            answer = web.getresponse()
            answer.read()
        for line in answer.headers.get_all("Set-Cookie") or ():
            self.cookies |= {name: morsel.value for name, morsel in SimpleCookie(line).items()}
        self.answers.append((what, answer.status, time.monotonic() - began))
        return answer.status
