"""Bank accounts outside, payouts to them, and what events are about."""

import uuid

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("payments", "0003_default_permissions"),
        ("wallets", "0005_holds"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AlterModelOptions(
            name="webhookdelivery",
            options={
                "permissions": [("replay_webhookdelivery", "Can apply again what a provider told")],
                "verbose_name_plural": "webhook deliveries",
            },
        ),
        migrations.AddField(
            model_name="webhookdelivery",
            name="subject",
            field=models.CharField(
                choices=[("payment", "Payment"), ("refund", "Refund"), ("payout", "Payout")],
                db_default="payment",
                default="payment",
                max_length=7,
            ),
        ),
        migrations.CreateModel(
            name="Beneficiary",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=uuid.uuid4, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("owner_id", models.UUIDField()),
                ("provider", models.CharField(max_length=20)),
                ("currency", models.CharField(max_length=3)),
                ("bank_code", models.CharField(blank=True, max_length=40)),
                ("number_sealed", models.BinaryField()),
                ("name_sealed", models.BinaryField()),
                ("provider_code", models.CharField(blank=True, max_length=100)),
                ("created_at", models.DateTimeField()),
                ("removed_at", models.DateTimeField(null=True)),
            ],
            options={
                "verbose_name_plural": "beneficiaries",
                "indexes": [
                    models.Index(
                        fields=["owner_id", "-created_at", "-id"], name="beneficiary_of_owner"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Payout",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("reference", models.CharField(max_length=24, unique=True)),
                ("owner_id", models.UUIDField()),
                ("amount_minor", models.BigIntegerField()),
                ("fee_minor", models.BigIntegerField(default=0)),
                ("currency", models.CharField(max_length=3)),
                ("provider", models.CharField(max_length=20)),
                ("provider_reference", models.CharField(max_length=50, unique=True)),
                ("description", models.CharField(blank=True, max_length=255)),
                ("approvals_needed", models.PositiveSmallIntegerField(default=0)),
                ("created_at", models.DateTimeField()),
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("pending", "Pending"),
                            ("processing", "Processing"),
                            ("completed", "Completed"),
                            ("failed", "Failed"),
                            ("cancelled", "Cancelled"),
                            ("reversed", "Reversed"),
                        ],
                        default="pending",
                        max_length=10,
                    ),
                ),
                ("reason", models.CharField(blank=True, max_length=60)),
                ("mismatch", models.CharField(blank=True, max_length=60)),
                (
                    "settled_by",
                    models.CharField(
                        blank=True,
                        choices=[("provider", "Provider"), ("people", "People")],
                        max_length=8,
                    ),
                ),
                ("provider_code", models.CharField(blank=True, max_length=100)),
                ("provider_fee_minor", models.BigIntegerField(null=True)),
                ("sent_at", models.DateTimeField(null=True)),
                ("ended_at", models.DateTimeField(null=True)),
                ("not_found_at", models.DateTimeField(null=True)),
                ("next_step_at", models.DateTimeField(null=True)),
                ("fence", models.PositiveIntegerField(default=0)),
                (
                    "beneficiary",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="payouts",
                        to="payments.beneficiary",
                    ),
                ),
                (
                    "hold",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="payout",
                        to="wallets.hold",
                    ),
                ),
                (
                    "wallet",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="payouts",
                        to="wallets.wallet",
                    ),
                ),
            ],
            options={
                "permissions": [
                    ("approve_payout", "Can approve a payout above a threshold, or turn it down"),
                    ("settle_payout", "Can say, with another, how an unknown payout ended"),
                ],
            },
        ),
        migrations.AddField(
            model_name="webhookdelivery",
            name="payout",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="webhook_deliveries",
                to="payments.payout",
            ),
        ),
        migrations.CreateModel(
            name="PayoutThreshold",
            fields=[
                ("currency", models.CharField(max_length=3, primary_key=True, serialize=False)),
                ("one_from_minor", models.BigIntegerField()),
                ("two_from_minor", models.BigIntegerField(null=True)),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("one_from_minor__gt", 0),
                            models.Q(
                                ("two_from_minor", None),
                                ("two_from_minor__gte", models.F("one_from_minor")),
                                _connector="OR",
                            ),
                        ),
                        name="payout_thresholds_rise",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="PayoutVote",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "verdict",
                    models.CharField(
                        choices=[
                            ("approve", "Approve"),
                            ("reject", "Reject"),
                            ("paid", "Paid"),
                            ("unpaid", "Unpaid"),
                        ],
                        max_length=7,
                    ),
                ),
                ("note", models.CharField(blank=True, max_length=200)),
                ("voted_at", models.DateTimeField()),
                (
                    "payout",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="votes",
                        to="payments.payout",
                    ),
                ),
                (
                    "voter",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
        ),
        migrations.AddIndex(
            model_name="payout",
            index=models.Index(
                models.F("owner_id"),
                models.OrderBy(models.F("reference"), descending=True),
                name="payout_of_owner",
            ),
        ),
        migrations.AddIndex(
            model_name="payout",
            index=models.Index(
                models.F("next_step_at"),
                models.F("id"),
                condition=models.Q(("next_step_at__isnull", False)),
                name="payout_to_take_up",
            ),
        ),
        migrations.AddIndex(
            model_name="payout",
            index=models.Index(
                models.F("id"),
                condition=models.Q(("mismatch", ""), _negated=True),
                name="payout_mismatched",
            ),
        ),
        migrations.AddIndex(
            model_name="payout",
            index=models.Index(
                models.F("id"),
                condition=models.Q(("approvals_needed__gt", 0), ("status", "pending")),
                name="payout_to_approve",
            ),
        ),
        migrations.AddConstraint(
            model_name="payout",
            constraint=models.CheckConstraint(
                condition=models.Q(("amount_minor__gt", 0), ("fee_minor__gte", 0)),
                name="payout_pays_something",
            ),
        ),
        migrations.AddConstraint(
            model_name="payout",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("sent_at", None), ("status", "pending")),
                    ("status__in", ["failed", "cancelled"]),
                    models.Q(
                        ("sent_at__isnull", False),
                        ("status__in", ["processing", "completed", "reversed"]),
                    ),
                    _connector="OR",
                ),
                name="payout_was_sent_unless_it_never_was_processing",
            ),
        ),
        migrations.AddConstraint(
            model_name="payout",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("ended_at", None), ("status__in", ["pending", "processing"])),
                    models.Q(
                        ("ended_at__isnull", False),
                        ("status__in", ["completed", "failed", "cancelled", "reversed"]),
                    ),
                    _connector="OR",
                ),
                name="payout_says_when_it_ended",
            ),
        ),
        migrations.AddConstraint(
            model_name="payout",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("status", "processing"), _negated=True),
                    ("next_step_at__isnull", False),
                    _connector="OR",
                ),
                name="sent_payout_is_asked_about_until_it_ends",
            ),
        ),
        migrations.AddConstraint(
            model_name="payoutvote",
            constraint=models.UniqueConstraint(
                models.F("payout"),
                models.F("voter"),
                models.F("verdict"),
                name="person_votes_once_for_a_verdict",
            ),
        ),
    ]
