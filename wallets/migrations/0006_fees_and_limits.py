"""Fees and limits as data, and how much of the limits was used."""

import uuid

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("wallets", "0005_holds"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Usage",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "wallet_id",
                        "operation",
                        blank=True,
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                ("operation", models.CharField(max_length=12)),
                ("day", models.DateField()),
                ("month", models.DateField()),
                ("day_count", models.BigIntegerField()),
                ("day_minor", models.BigIntegerField()),
                ("month_count", models.BigIntegerField()),
                ("month_minor", models.BigIntegerField()),
                (
                    "wallet",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="wallets.wallet",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="FeeRule",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=uuid.uuid4, editable=False, primary_key=True, serialize=False
                    ),
                ),
                (
                    "currency",
                    models.CharField(help_text="An ISO 4217 code, or * for any.", max_length=3),
                ),
                ("reason", models.CharField(max_length=200)),
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("proposed", "Proposed"),
                            ("approved", "Approved"),
                            ("rejected", "Rejected"),
                            ("withdrawn", "Withdrawn"),
                        ],
                        default="proposed",
                        max_length=10,
                    ),
                ),
                ("proposed_at", models.DateTimeField()),
                (
                    "wanted_from",
                    models.DateTimeField(
                        blank=True,
                        help_text="Not before this instant; empty: as soon as approved.",
                        null=True,
                    ),
                ),
                ("decided_at", models.DateTimeField(null=True)),
                ("effective_from", models.DateTimeField(editable=False, null=True)),
                (
                    "operation",
                    models.CharField(
                        choices=[
                            ("*", "*"),
                            ("transfer", "transfer"),
                            ("deposit", "deposit"),
                            ("payout", "payout"),
                            ("conversion", "conversion"),
                            ("hold", "hold"),
                            ("payment", "payment"),
                        ],
                        max_length=12,
                    ),
                ),
                (
                    "role",
                    models.CharField(
                        default="*", help_text="A role's name, or * for any.", max_length=40
                    ),
                ),
                (
                    "bands",
                    models.JSONField(
                        help_text='[{"from": 0, "flat": 1000, "basis_points": 50, "least": 0, '
                        '"most": 200000}] '
                        "in minor units; [] is free."
                    ),
                ),
                (
                    "decided_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "proposed_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "permissions": [
                    ("propose_rule", "Can propose other fees and limits"),
                    ("approve_rule", "Can decide about fees and limits that another one proposed"),
                ],
                "abstract": False,
                "indexes": [
                    models.Index(
                        models.F("status"), models.F("effective_from"), name="feerule_by_effect"
                    )
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("status", "approved"), _negated=True),
                            ("proposed_by", None),
                            models.Q(
                                models.Q(("decided_by", models.F("proposed_by")), _negated=True),
                                ("decided_by__isnull", False),
                            ),
                            _connector="OR",
                        ),
                        name="feerule_is_approved_by_another_than_proposed_it",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("effective_from__isnull", False), ("status", "approved")),
                            models.Q(
                                models.Q(("status", "approved"), _negated=True),
                                ("effective_from", None),
                            ),
                            _connector="OR",
                        ),
                        name="feerule_holds_from_an_instant_once_approved",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="LimitRule",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=uuid.uuid4, editable=False, primary_key=True, serialize=False
                    ),
                ),
                (
                    "currency",
                    models.CharField(help_text="An ISO 4217 code, or * for any.", max_length=3),
                ),
                ("reason", models.CharField(max_length=200)),
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("proposed", "Proposed"),
                            ("approved", "Approved"),
                            ("rejected", "Rejected"),
                            ("withdrawn", "Withdrawn"),
                        ],
                        default="proposed",
                        max_length=10,
                    ),
                ),
                ("proposed_at", models.DateTimeField()),
                (
                    "wanted_from",
                    models.DateTimeField(
                        blank=True,
                        help_text="Not before this instant; empty: as soon as approved.",
                        null=True,
                    ),
                ),
                ("decided_at", models.DateTimeField(null=True)),
                ("effective_from", models.DateTimeField(editable=False, null=True)),
                (
                    "operation",
                    models.CharField(
                        choices=[
                            ("*", "*"),
                            ("transfer", "transfer"),
                            ("deposit", "deposit"),
                            ("payout", "payout"),
                            ("conversion", "conversion"),
                            ("hold", "hold"),
                            ("payment", "payment"),
                            ("balance", "balance"),
                        ],
                        max_length=12,
                    ),
                ),
                ("tier", models.PositiveSmallIntegerField()),
                ("each_minor", models.BigIntegerField(blank=True, null=True)),
                ("day_count", models.BigIntegerField(blank=True, null=True)),
                ("day_minor", models.BigIntegerField(blank=True, null=True)),
                ("month_count", models.BigIntegerField(blank=True, null=True)),
                ("month_minor", models.BigIntegerField(blank=True, null=True)),
                (
                    "decided_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "proposed_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "abstract": False,
                "indexes": [
                    models.Index(
                        models.F("status"), models.F("effective_from"), name="limitrule_by_effect"
                    )
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("status", "approved"), _negated=True),
                            ("proposed_by", None),
                            models.Q(
                                models.Q(("decided_by", models.F("proposed_by")), _negated=True),
                                ("decided_by__isnull", False),
                            ),
                            _connector="OR",
                        ),
                        name="limitrule_is_approved_by_another_than_proposed_it",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("effective_from__isnull", False), ("status", "approved")),
                            models.Q(
                                models.Q(("status", "approved"), _negated=True),
                                ("effective_from", None),
                            ),
                            _connector="OR",
                        ),
                        name="limitrule_holds_from_an_instant_once_approved",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("tier__lte", 3)),
                        name="limit_is_about_a_tier_that_there_is",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("each_minor__lt", 0),
                            ("day_count__lt", 0),
                            ("day_minor__lt", 0),
                            ("month_count__lt", 0),
                            ("month_minor__lt", 0),
                            _connector="OR",
                            _negated=True,
                        ),
                        name="limits_are_not_negative",
                    ),
                ],
            },
        ),
    ]
