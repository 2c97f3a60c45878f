"""Ours first; the rest of `auth/` and `account/` is allauth's headless API for apps."""

from __future__ import annotations

from allauth.headless.constants import Client
from allauth.headless.urls import build_urlpatterns
from django.urls import URLPattern, URLResolver, include, path

from accounts.api import views

# allauth wraps its paths in `v1/`, which the place where we are included has said already.
(_allauth,) = build_urlpatterns(Client.APP)

urlpatterns: list[URLPattern | URLResolver] = [
    path("tokens/refresh", views.RefreshView.as_view(), name="tokens-refresh"),
    path("auth/logout-all", views.LogOutEverywhereView.as_view(), name="auth-logout-all"),
    path("users", views.PeopleView.as_view(), name="users"),
    path("users/me", views.MeView.as_view(), name="users-me"),
    path("users/<uuid:user_id>", views.PersonView.as_view(), name="user"),
    # Nobody is known by a phone number here, and allauth's views of them fail without one.
    path("account/phone", views.absent),
    path("auth/phone/verify", views.absent),
    path("auth/phone/verify/resend", views.absent),
    path("", include((_allauth.url_patterns, "headless"), namespace="allauth")),
]
