"""Money of wallets that is set aside, and what was paid out of it."""

import django.db.models.deletion
import django.db.models.functions.datetime
from django.db import migrations, models

GUARD = """
CREATE FUNCTION wallets_guard_hold() RETURNS trigger
LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
    IF OLD.status <> 'open' OR NEW.captured_minor < OLD.captured_minor THEN
        RAISE EXCEPTION 'closed_hold_never_changes'
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER closed_hold_never_changes BEFORE UPDATE ON wallets_hold
    FOR EACH ROW EXECUTE FUNCTION wallets_guard_hold();
"""
UNDO = """
DROP TRIGGER closed_hold_never_changes ON wallets_hold;
DROP FUNCTION wallets_guard_hold;
"""


class Migration(migrations.Migration):
    dependencies = [
        ("ledger", "0008_holds"),
        ("wallets", "0004_transfers_together"),
    ]

    operations = [
        migrations.CreateModel(
            name="Hold",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("reference", models.CharField(max_length=40)),
                ("amount_minor", models.BigIntegerField()),
                ("captured_minor", models.BigIntegerField(default=0)),
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("open", "Open"),
                            ("captured", "Captured"),
                            ("released", "Released"),
                            ("expired", "Expired"),
                        ],
                        default="open",
                        max_length=8,
                    ),
                ),
                (
                    "purpose",
                    models.CharField(
                        choices=[
                            ("customer", "Customer"),
                            ("payout", "Payout"),
                            ("dispute", "Dispute"),
                        ],
                        default="customer",
                        max_length=8,
                    ),
                ),
                ("description", models.CharField(blank=True, max_length=255)),
                ("placed_at", models.DateTimeField()),
                ("expires_at", models.DateTimeField(null=True)),
                ("closed_at", models.DateTimeField(null=True)),
                ("closed_reason", models.CharField(blank=True, max_length=200)),
                (
                    "created_at",
                    models.DateTimeField(db_default=django.db.models.functions.datetime.Now()),
                ),
                (
                    "wallet",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="holds",
                        to="wallets.wallet",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="HoldCapture",
            fields=[
                (
                    "entry",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        primary_key=True,
                        related_name="capture",
                        serialize=False,
                        to="ledger.journalentry",
                    ),
                ),
                ("amount_minor", models.BigIntegerField()),
                ("fee_minor", models.BigIntegerField(default=0)),
                (
                    "hold",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="captures",
                        to="wallets.hold",
                    ),
                ),
            ],
        ),
        migrations.AddIndex(
            model_name="hold",
            index=models.Index(models.F("wallet"), models.F("id"), name="hold_of_wallet"),
        ),
        migrations.AddIndex(
            model_name="hold",
            index=models.Index(
                models.F("expires_at"),
                models.F("id"),
                condition=models.Q(("expires_at__isnull", False), ("status", "open")),
                name="hold_that_will_expire",
            ),
        ),
        migrations.AddConstraint(
            model_name="hold",
            constraint=models.UniqueConstraint(
                fields=("reference",), name="one_hold_for_each_reference"
            ),
        ),
        migrations.AddConstraint(
            model_name="hold",
            constraint=models.CheckConstraint(
                condition=models.Q(("amount_minor__gt", 0)), name="hold_is_of_more_than_nothing"
            ),
        ),
        migrations.AddConstraint(
            model_name="hold",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("captured_minor__gte", 0), ("captured_minor__lte", models.F("amount_minor"))
                ),
                name="captured_is_never_more_than_held",
            ),
        ),
        migrations.AddConstraint(
            model_name="hold",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("closed_at", None), ("status", "open")),
                    models.Q(
                        models.Q(("status", "open"), _negated=True), ("closed_at__isnull", False)
                    ),
                    _connector="OR",
                ),
                name="hold_is_open_until_it_is_closed",
            ),
        ),
        migrations.AddConstraint(
            model_name="hold",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("status", "captured"), _negated=True),
                    ("captured_minor__gt", 0),
                    _connector="OR",
                ),
                name="captured_hold_has_a_capture",
            ),
        ),
        migrations.AddConstraint(
            model_name="holdcapture",
            constraint=models.CheckConstraint(
                condition=models.Q(("amount_minor__gt", 0), ("fee_minor__gte", 0)),
                name="capture_is_of_more_than_nothing",
            ),
        ),
        migrations.RunSQL(GUARD, UNDO),
    ]
