"""A day of a provider's books compared with ours, and what two people made of a difference."""

import django.db.models.deletion
import django.db.models.expressions
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("payments", "0011_who_sees_payout_batches"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="ReconciliationRun",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("provider", models.CharField(max_length=20)),
                ("day", models.DateField()),
                ("ran_at", models.DateTimeField()),
                ("matched", models.PositiveIntegerField()),
                ("broken", models.PositiveIntegerField()),
            ],
            options={
                "indexes": [
                    models.Index(
                        models.F("provider"), models.F("day"), name="reconciliation_of_day"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="ReconciliationLine",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("provider", models.CharField(max_length=20)),
                ("currency", models.CharField(max_length=3)),
                ("key", models.CharField(max_length=120)),
                ("day", models.DateField()),
                ("theirs_minor", models.BigIntegerField()),
                ("ours_minor", models.BigIntegerField()),
                ("adjusted_minor", models.BigIntegerField(default=0)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("matched", "MATCHED"),
                            ("missing_here", "MISSING_HERE"),
                            ("missing_there", "MISSING_THERE"),
                            ("different", "DIFFERENT"),
                        ],
                        max_length=13,
                    ),
                ),
                (
                    "cause",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("", "NONE"),
                            ("late_webhook", "LATE_WEBHOOK"),
                            ("contradiction", "CONTRADICTION"),
                            ("not_concluded", "NOT_CONCLUDED"),
                            ("no_record", "NO_RECORD"),
                            ("settlement_or_charge", "SETTLEMENT_OR_CHARGE"),
                            ("fee_difference", "FEE_DIFFERENCE"),
                            ("amount_difference", "AMOUNT_DIFFERENCE"),
                            ("duplicate", "DUPLICATE"),
                            ("reversed_later", "REVERSED_LATER"),
                            ("not_listed_yet", "NOT_LISTED_YET"),
                            ("never_listed", "NEVER_LISTED"),
                        ],
                        max_length=20,
                    ),
                ),
                (
                    "run",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="lines",
                        to="payments.reconciliationrun",
                    ),
                ),
            ],
            options={
                "permissions": [
                    (
                        "resolve_reconciliationline",
                        "Can propose how a break is resolved, and decide it",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="ReconciliationProposal",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("reference", models.CharField(max_length=24, unique=True)),
                ("amount_minor", models.BigIntegerField()),
                (
                    "against",
                    models.CharField(
                        choices=[
                            ("adjustments", "Adjustments"),
                            ("bank", "Bank"),
                            ("costs", "Costs"),
                        ],
                        max_length=11,
                    ),
                ),
                ("note", models.CharField(max_length=200)),
                ("proposed_at", models.DateTimeField()),
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("proposed", "Proposed"),
                            ("approved", "Approved"),
                            ("turned_down", "Turned Down"),
                        ],
                        default="proposed",
                        max_length=11,
                    ),
                ),
                ("decided_at", models.DateTimeField(null=True)),
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
                    "line",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="proposals",
                        to="payments.reconciliationline",
                    ),
                ),
                (
                    "proposed_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        models.F("line"),
                        condition=models.Q(("status", "proposed")),
                        name="break_has_one_open_proposal",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("amount_minor", 0), _negated=True),
                        name="adjustment_moves_something",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("status", "approved"), _negated=True),
                            models.Q(
                                models.Q(("decided_by", models.F("proposed_by")), _negated=True),
                                ("decided_by__isnull", False),
                            ),
                            _connector="OR",
                        ),
                        name="break_is_resolved_by_another_than_proposed_it",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("decided_at", None), ("decided_by", None), ("status", "proposed")
                            ),
                            models.Q(
                                ("decided_at__isnull", False),
                                ("decided_by__isnull", False),
                                ("status__in", ["approved", "turned_down"]),
                            ),
                            _connector="OR",
                        ),
                        name="break_proposal_is_decided_at_an_instant_by_somebody",
                    ),
                ],
            },
        ),
        migrations.AddIndex(
            model_name="reconciliationline",
            index=models.Index(
                models.F("provider"),
                models.F("day"),
                condition=models.Q(("state", "matched"), _negated=True),
                name="reconciliation_breaks",
            ),
        ),
        migrations.AddConstraint(
            model_name="reconciliationline",
            constraint=models.UniqueConstraint(
                models.F("provider"),
                models.F("currency"),
                models.F("key"),
                name="reference_is_reconciled_in_one_line",
            ),
        ),
        migrations.AddConstraint(
            model_name="reconciliationline",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("state", "matched"),
                        (
                            "theirs_minor",
                            django.db.models.expressions.CombinedExpression(
                                models.F("ours_minor"), "+", models.F("adjusted_minor")
                            ),
                        ),
                    ),
                    models.Q(
                        models.Q(
                            (
                                "theirs_minor",
                                django.db.models.expressions.CombinedExpression(
                                    models.F("ours_minor"), "+", models.F("adjusted_minor")
                                ),
                            ),
                            _negated=True,
                        ),
                        models.Q(("state", "matched"), _negated=True),
                    ),
                    _connector="OR",
                ),
                name="matched_line_has_no_difference",
            ),
        ),
    ]
