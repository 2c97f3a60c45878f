"""What shows a payment request to whoever is to pay it: pictures and a page."""

from __future__ import annotations

from io import BytesIO

import pytest
from django.test import Client
from PIL import Image

from wallets.tests.api.test_payment_requests import NOWHERE, URL, Shop

pytestmark = pytest.mark.django_db


@pytest.fixture
def shop() -> Shop:
    return Shop()


def test_pictures_are_codes_of_the_link(shop: Shop) -> None:
    request = shop.request()

    png = shop.buyer.get(f"{URL}/{request}", {"format": "png"})
    svg = shop.buyer.get(f"{URL}/{request}", {"format": "svg"})

    assert png.headers["Content-Type"] == "image/png"
    width, height = Image.open(BytesIO(png.content)).size
    assert width == height > 200
    assert svg.headers["Content-Type"] == "image/svg+xml"
    assert svg.content.lstrip().startswith(b"<")
    assert b"<svg" in svg.content
    assert shop.buyer.get(f"{URL}/{request}", {"format": "gif"}).status_code == 400
    assert shop.buyer.get(NOWHERE, {"format": "png"}).status_code == 404


def test_page_shows_it_to_whoever_has_the_link(shop: Shop) -> None:
    request = shop.request(description="Two <b>shirts</b>")

    page = Client().get(f"/pay/{request}")

    text = page.content.decode()
    assert page.status_code == 200
    assert "B*** O*** asks to be paid" in text
    assert "25.50 NGN" in text
    assert "<svg" in text
    assert "Two &lt;b&gt;shirts&lt;/b&gt;" in text
    assert "Okafor" not in text
    assert shop.till.number not in text
    assert page.headers["Cache-Control"] == "no-store"
    assert "default-src 'none'" in page.headers["Content-Security-Policy"]


def test_page_of_a_closed_request_shows_no_code(shop: Shop) -> None:
    request = shop.request()
    shop.pay(request)

    text = Client().get(f"/pay/{request}").content.decode()

    assert "This was paid" in text
    assert "<svg" not in text
    assert Client().get("/pay/00000000-0000-4000-8000-000000000000").status_code == 404
