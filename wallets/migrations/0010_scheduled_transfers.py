"""Transfers to be made later, once or by a rule, and what became of each."""

import django.db.models.deletion
import django.db.models.functions.datetime
from django.apps.registry import Apps
from django.conf import settings
from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

VIEWED = ("scheduledtransfer", "scheduledrun")


def grant(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    content_type = apps.get_model("contenttypes", "ContentType")
    permission = apps.get_model("auth", "Permission")
    roles = apps.get_model("accounts", "Role").objects.filter(name__in=["staff", "admin"])
    for model in VIEWED:
        kind, _ = content_type.objects.get_or_create(app_label="wallets", model=model)
        view, _ = permission.objects.get_or_create(
            content_type=kind, codename=f"view_{model}", defaults={"name": f"Can view {model}"}
        )
        for role in roles:
            role.permissions.add(view)


class Migration(migrations.Migration):
    dependencies = [
        ("wallets", "0009_payment_requests"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]
    operations = [
        migrations.CreateModel(
            name="ScheduledTransfer",
            fields=[
                ("id", models.UUIDField(editable=False, primary_key=True, serialize=False)),
                ("amount_minor", models.BigIntegerField()),
                ("description", models.CharField(blank=True, max_length=255)),
                ("starts_at", models.DateTimeField()),
                ("time_zone", models.CharField(default="UTC", max_length=60)),
                ("rule", models.CharField(blank=True, max_length=200)),
                ("ends_at", models.DateTimeField(null=True)),
                ("most_runs", models.PositiveIntegerField(null=True)),
                ("attempts", models.PositiveSmallIntegerField(default=3)),
                ("gap_seconds", models.PositiveIntegerField(default=3600)),
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("active", "Active"),
                            ("paused", "Paused"),
                            ("ended", "Ended"),
                            ("cancelled", "Cancelled"),
                        ],
                        default="active",
                        max_length=9,
                    ),
                ),
                ("occurs_at", models.DateTimeField(null=True)),
                ("next_try_at", models.DateTimeField(null=True)),
                (
                    "created_at",
                    models.DateTimeField(db_default=django.db.models.functions.datetime.Now()),
                ),
                (
                    "destination",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="wallets.wallet",
                    ),
                ),
                (
                    "owner",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "source",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="wallets.wallet",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="ScheduledRun",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("occurs_at", models.DateTimeField()),
                ("reference", models.CharField(max_length=40)),
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("waiting", "Waiting"),
                            ("completed", "Completed"),
                            ("failed", "Failed"),
                        ],
                        default="waiting",
                        max_length=9,
                    ),
                ),
                ("attempts", models.PositiveSmallIntegerField(default=0)),
                ("refusal", models.CharField(blank=True, max_length=40)),
                ("skipped", models.PositiveIntegerField(default=0)),
                ("tried_at", models.DateTimeField()),
                (
                    "schedule",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="runs",
                        to="wallets.scheduledtransfer",
                    ),
                ),
            ],
        ),
        migrations.AddIndex(
            model_name="scheduledtransfer",
            index=models.Index(
                models.F("owner"), models.F("created_at"), models.F("id"), name="schedule_of_owner"
            ),
        ),
        migrations.AddIndex(
            model_name="scheduledtransfer",
            index=models.Index(
                models.F("next_try_at"),
                models.F("id"),
                condition=models.Q(("status", "active")),
                name="schedule_that_is_due",
            ),
        ),
        migrations.AddConstraint(
            model_name="scheduledtransfer",
            constraint=models.CheckConstraint(
                condition=models.Q(("amount_minor__gt", 0)), name="scheduled_amount_is_above_zero"
            ),
        ),
        migrations.AddConstraint(
            model_name="scheduledtransfer",
            constraint=models.CheckConstraint(
                condition=models.Q(("source", models.F("destination")), _negated=True),
                name="schedule_has_two_wallets",
            ),
        ),
        migrations.AddConstraint(
            model_name="scheduledtransfer",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("status", "active"), _negated=True),
                    models.Q(("next_try_at__isnull", False), ("occurs_at__isnull", False)),
                    _connector="OR",
                ),
                name="schedule_that_runs_has_a_next_run",
            ),
        ),
        migrations.AddConstraint(
            model_name="scheduledrun",
            constraint=models.UniqueConstraint(
                fields=("schedule", "occurs_at"), name="one_run_for_each_occurrence"
            ),
        ),
        migrations.AddConstraint(
            model_name="scheduledrun",
            constraint=models.UniqueConstraint(
                fields=("reference",), name="one_run_for_each_transfer"
            ),
        ),
        migrations.RunPython(grant, migrations.RunPython.noop),
    ]
