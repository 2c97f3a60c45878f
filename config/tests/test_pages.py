"""The page at the root of an installation."""

import re

import pytest
from django.test import Client, override_settings

from config import demo

pytestmark = pytest.mark.django_db


def test_the_root_leads_to_what_there_is(client: Client) -> None:
    answer = client.get("/")

    assert answer.status_code == 200
    page = answer.content.decode()
    links = re.findall(r'href="([^"]+)"', page)
    assert links == ["/api/docs", "/api/schema", "/admin/", "/dev/mail/"]
    for link in links:
        assert client.get(link, follow=True).status_code == 200, link
    for login in (*(one.email for one in demo.CAST), demo.PASSWORD):
        assert login in page


def test_the_root_loads_nothing_and_sends_nothing(client: Client) -> None:
    answer = client.get("/")

    policy = answer.headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "form-action 'none'" in policy
    assert "frame-ancestors 'none'" in policy
    assert "<script" not in answer.content.decode()


@override_settings(PURSER_EMBEDDED=False)
def test_on_a_server_the_root_is_the_documentation_and_tells_no_login(client: Client) -> None:
    answer = client.get("/")

    assert answer.status_code == 302
    assert answer.headers["Location"] == "/api/docs"
    assert demo.PASSWORD not in answer.content.decode()


def test_the_root_takes_nothing(client: Client) -> None:
    assert client.post("/").status_code == 405
