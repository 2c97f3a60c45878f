"""What the back office as a whole never offers."""

from __future__ import annotations

from typing import Any

import pytest
from django.apps import apps
from django.conf import settings
from django.contrib import admin
from django.contrib.admin import ModelAdmin
from django.test import RequestFactory

from accounts.tests.factories import person
from wallets.models import FeeRule, LimitRule

REGISTERED = sorted(admin.site._registry.items(), key=lambda pair: pair[0]._meta.label)

# What is added of these is a proposal, made by an operation, which somebody else decides.
PROPOSED = {FeeRule, LimitRule}


def test_proposals_are_not_saved_by_the_back_office() -> None:
    savers = {model: type(one).save_model for model, one in REGISTERED if model in PROPOSED}

    assert savers.keys() == PROPOSED
    assert ModelAdmin.save_model not in savers.values()


@pytest.mark.parametrize("model_admin", [one for _, one in REGISTERED], ids=str)
@pytest.mark.django_db
def test_nothing_is_added_changed_or_deleted_past_operations(model_admin: ModelAdmin[Any]) -> None:
    request = RequestFactory().get("/admin/")
    request.user = person(role="superuser")

    assert model_admin.has_view_permission(request)
    assert model_admin.has_add_permission(request) is (model_admin.model in PROPOSED)
    assert not model_admin.has_change_permission(request)
    assert not model_admin.has_delete_permission(request)
    for inline in model_admin.get_inline_instances(request):
        assert not inline.has_add_permission(request, None)
        assert not inline.has_change_permission(request)
        assert not inline.has_delete_permission(request)


def test_nobody_elses_models_have_pages() -> None:
    ours = {
        config.label
        for config in apps.get_app_configs()
        if config.path.startswith(str(settings.BASE_DIR)) and "site-packages" not in config.path
    }

    assert {model._meta.app_label for model, _ in REGISTERED} <= ours
