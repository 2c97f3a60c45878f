"""Ours first; the rest of `auth/` and `account/` is allauth's headless API for apps."""

from __future__ import annotations

from typing import Any

from allauth.headless.constants import Client
from allauth.headless.urls import build_urlpatterns
from django.urls import URLPattern, URLResolver, include, path

from accounts.api import (
    document_views,
    factors,
    google,
    mailbox_codes,
    mailed_codes,
    people_views,
    privacy_views,
    token_views,
    views,
)
from accounts.api.api_keys import KeysView, KeyView, RolloverView
from accounts.api.pins import PinView

# allauth wraps its paths in `v1/`, which the place where we are included has said already.
(_allauth,) = build_urlpatterns(Client.APP)

# Where we know better: the paths and answers are allauth's all the same.
_OURS: list[tuple[str, Any]] = [
    ("auth/2fa/authenticate", factors.SecondFactorView),
    ("auth/2fa/reauthenticate", factors.SecondFactorAgainView),
    ("auth/webauthn/authenticate", factors.KeyFactorView),
    ("auth/webauthn/reauthenticate", factors.KeyAgainView),
    ("auth/webauthn/login", factors.KeyLoginView),
    ("account/authenticators/totp", factors.AppView),
    ("account/authenticators/webauthn", factors.KeysView),
    ("auth/code/confirm", mailed_codes.ConfirmMailedCodeView),
    ("auth/code/resend", mailed_codes.ResendMailedCodeView),
    ("auth/signup", mailbox_codes.WholeSignupView),
    ("auth/email/verify", mailbox_codes.CountedVerifyEmailView),
    ("auth/email/verify/resend", mailbox_codes.ResendToAnybodyView),
    ("auth/session", token_views.CookieSessionView),
    ("account/password/change", mailbox_codes.CountedChangePasswordView),
    ("auth/password/reset", mailbox_codes.DiscreetResetView),
]

urlpatterns: list[URLPattern | URLResolver] = [
    path("tokens/refresh", token_views.RefreshView.as_view(), name="tokens-refresh"),
    path("auth/cookie", token_views.CookieView.as_view(), name="auth-cookie"),
    path("auth/google", google.GoogleView.as_view(), name="auth-google"),
    path("auth/google/callback", google.GoogleCallbackView.as_view(), name="auth-google-callback"),
    path("auth/logout-all", token_views.LogOutEverywhereView.as_view(), name="auth-logout-all"),
    path("users", people_views.PeopleView.as_view(), name="users"),
    path("users/me", views.MeView.as_view(), name="users-me"),
    path("users/me/export", privacy_views.ExportView.as_view(), name="my-export"),
    path("users/me/erase", privacy_views.EraseMeView.as_view(), name="my-erasure"),
    path("users/me/documents", document_views.MyDocumentsView.as_view(), name="my-documents"),
    path("users/<uuid:user_id>", people_views.PersonView.as_view(), name="user"),
    path("users/<uuid:user_id>/erase", privacy_views.ErasePersonView.as_view()),
    path("role-proposals", people_views.RoleProposalsView.as_view(), name="role-proposals"),
    path("role-proposals/<uuid:proposal_id>/approve", people_views.ApproveRoleView.as_view()),
    path("role-proposals/<uuid:proposal_id>/reject", people_views.RejectRoleView.as_view()),
    path("documents", document_views.DocumentsView.as_view(), name="documents"),
    path("documents/<uuid:document_id>/file", document_views.DocumentFileView.as_view()),
    path("documents/<uuid:document_id>/decision", document_views.DocumentDecisionView.as_view()),
    path("keys", KeysView.as_view(), name="keys"),
    path("keys/rollover", RolloverView.as_view(), name="keys-rollover"),
    path("keys/<uuid:key_id>", KeyView.as_view(), name="key"),
    path("users/me/pin", PinView.as_view(), name="users-me-pin"),
    # Nobody is known by a phone number here, and allauth's views of them fail without one.
    path("account/phone", views.absent),
    path("auth/phone/verify", views.absent),
    path("auth/phone/verify/resend", views.absent),
    *(path(name, view.as_api_view(client=Client.APP)) for name, view in _OURS),
    path("", include((_allauth.url_patterns, "headless"), namespace="allauth")),
]
