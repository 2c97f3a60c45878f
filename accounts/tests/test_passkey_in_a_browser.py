"""A passkey, made and used by a real browser with an authenticator of its own."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import pytest
from allauth.mfa.models import Authenticator
from playwright.sync_api import Page

from accounts.models import User
from accounts.tests.factories import PASSWORD, person, with_password

pytestmark = [pytest.mark.browser, pytest.mark.usefixtures("committed_db")]

# What a client of ours does, in the words of docs/integrators/signing-in.md.
_CLIENT = """
const call = async (method, path, body, headers = {}) => {
    const answer = await fetch(`/api/v1/${path}`, {
        method, body: body && JSON.stringify(body),
        headers: { "Content-Type": "application/json", ...headers },
    });
    return answer.json();
};
"""
_ADD = (
    "async ([email, password]) => {"
    + _CLIENT
    + """
    const login = await call("POST", "auth/login", { email, password });
    const auth = { Authorization: `Bearer ${login.meta.access_token}` };
    const asked = await call("GET", "account/authenticators/webauthn?passwordless", null, auth);
    const options = PublicKeyCredential.parseCreationOptionsFromJSON(
        asked.data.creation_options.publicKey);
    const credential = await navigator.credentials.create({ publicKey: options });
    return call("POST", "account/authenticators/webauthn",
        { name: "Laptop", credential: credential.toJSON(), passwordless: true }, auth);
}"""
)
_SIGN = (
    "async ([begin, path]) => {"
    + _CLIENT
    + """
    const begun = begin && await call("POST", "auth/login", begin);
    let session = begun ? { "X-Session-Token": begun.meta.session_token } : {};
    const asked = await call("GET", path, null, session);
    if (asked.meta?.session_token) session = { "X-Session-Token": asked.meta.session_token };
    const options = PublicKeyCredential.parseRequestOptionsFromJSON(
        asked.data.request_options.publicKey);
    const credential = await navigator.credentials.get({ publicKey: options });
    return call("POST", path, { credential: credential.toJSON() }, session);
}"""
)


@pytest.fixture
def alice() -> User:
    return with_password(person(f"alice-{uuid4().hex[:8]}@example.com"))


@pytest.fixture
def laptop(page: Page, served: str) -> Page:
    """A browser on a page of ours, whose authenticator recognises its owner at once."""
    devtools = page.context.new_cdp_session(page)
    devtools.send("WebAuthn.enable")
    devtools.send(
        "WebAuthn.addVirtualAuthenticator",
        {
            "options": {
                "protocol": "ctap2",
                "transport": "internal",
                "hasResidentKey": True,
                "hasUserVerification": True,
                "isUserVerified": True,
                "automaticPresenceSimulation": True,
            }
        },
    )
    # Any page of ours that may fetch.
    page.goto(f"{served.replace('127.0.0.1', 'localhost')}/admin/login/")
    return page


def test_a_browser_adds_a_passkey_and_logs_in_with_it(alice: User, laptop: Page) -> None:
    added: dict[str, Any] = laptop.evaluate(_ADD, [alice.email, PASSWORD])
    assert added["status"] == 200, added
    assert added["data"]["is_passwordless"] is True
    assert Authenticator.objects.filter(user=alice, type="webauthn").count() == 1

    alone: dict[str, Any] = laptop.evaluate(_SIGN, [None, "auth/webauthn/login"])
    assert alone["status"] == 200, alone
    assert alone["data"]["user"]["email"] == alice.email
    assert "access_token" in alone["meta"]

    begin = {"email": alice.email, "password": PASSWORD}
    second: dict[str, Any] = laptop.evaluate(_SIGN, [begin, "auth/webauthn/authenticate"])
    assert second["status"] == 200, second
    assert [method["method"] for method in second["data"]["methods"]] == ["password", "mfa"]
