"""Knocking at the door: browsers without a session, passwords tried, and many threads that begin at once."""

from __future__ import annotations

import threading

from django.db import connections
from django.test import Client
from django.urls import reverse

from cpms.accounts.access import Refused
from tests.factories import PASSWORD

EIGHT = 8
LOGIN = reverse("account_login")
TOO_MANY = "Too many failed login attempts"


def browser(**options) -> Client:
    return Client(headers={"host": "localhost"}, **options)


def give_password(client: Client, email: str, password: str = PASSWORD, **headers):
    return client.post(LOGIN, {"login": email, "password": password}, secure=True, headers=headers)


def came_through(answer) -> bool:
    """Whether the password was looked at: neither the account nor the address was told to wait."""
    return answer.status_code != 429 and TOO_MANY not in answer.content.decode()


def inside(client: Client) -> bool:
    return client.get("/", secure=True).status_code == 200


def at_once(work, many: int = EIGHT) -> list:
    """What ``many`` threads brought that began together; an error counts as nothing."""
    gate, won = threading.Barrier(many), []

    def run(number: int) -> None:
        gate.wait()
        try:
            won.append(work(number))
        except Refused:
            won.append(None)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=(number,)) for number in range(many)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return [one for one in won if one]
