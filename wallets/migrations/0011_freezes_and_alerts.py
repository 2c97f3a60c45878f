"""Wallets are frozen with a reason and until when, closed for good, and watched by their owners."""

import django.db.models.deletion
from django.apps.registry import Apps
from django.conf import settings
from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

# What was blocked before freezes had rows.
FILL = """
UPDATE wallets_wallet w SET debits_stopped = true
  FROM ledger_ledgeraccount a
 WHERE a.id = w.account_id AND a.debits_blocked AND w.status = 'active';
INSERT INTO wallets_freeze (wallet_id, debits, credits, reason, placed_at, lift_reason)
SELECT w.account_id, true, true, 'frozen before reasons were kept', now(), ''
  FROM wallets_wallet w WHERE w.status = 'frozen';
SET CONSTRAINTS ALL IMMEDIATE;
"""
GUARD = """
CREATE FUNCTION wallets_guard_closed() RETURNS trigger
LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
    RAISE EXCEPTION 'closed_wallet_stays_closed' USING ERRCODE = 'integrity_constraint_violation';
END $$;
CREATE TRIGGER closed_wallet_stays_closed BEFORE UPDATE OF status ON wallets_wallet
    FOR EACH ROW WHEN (OLD.status = 'closed' AND NEW.status <> 'closed')
    EXECUTE FUNCTION wallets_guard_closed();
CREATE FUNCTION wallets_guard_freeze() RETURNS trigger
LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
    RAISE EXCEPTION 'lifted_freeze_never_changes' USING ERRCODE = 'integrity_constraint_violation';
END $$;
CREATE TRIGGER lifted_freeze_never_changes BEFORE UPDATE ON wallets_freeze
    FOR EACH ROW WHEN (OLD.lifted_at IS NOT NULL)
    EXECUTE FUNCTION wallets_guard_freeze();
"""
UNDO = """
DROP TRIGGER closed_wallet_stays_closed ON wallets_wallet;
DROP FUNCTION wallets_guard_closed;
DROP TRIGGER lifted_freeze_never_changes ON wallets_freeze;
DROP FUNCTION wallets_guard_freeze;
"""

PERMISSIONS = (
    ("hold", "view_hold", "Can view hold"),
    ("freeze", "view_freeze", "Can view freeze"),
    ("hold", "release_hold", "Can release what a customer holds"),
    ("wallet", "freeze_wallet", "Can freeze and unfreeze wallets"),
)


def grant(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    content_type = apps.get_model("contenttypes", "ContentType")
    permission = apps.get_model("auth", "Permission")
    roles = apps.get_model("accounts", "Role").objects.filter(name__in=["staff", "admin"])
    for model, codename, name in PERMISSIONS:
        kind, _ = content_type.objects.get_or_create(app_label="wallets", model=model)
        found, _ = permission.objects.get_or_create(
            content_type=kind, codename=codename, defaults={"name": name}
        )
        for role in roles:
            role.permissions.add(found)


class Migration(migrations.Migration):
    dependencies = [
        ("ledger", "0011_parts_and_allowances"),
        ("wallets", "0010_scheduled_transfers"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="BalanceAlert",
            fields=[
                (
                    "wallet",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        primary_key=True,
                        related_name="alert",
                        serialize=False,
                        to="wallets.wallet",
                    ),
                ),
                ("below_minor", models.BigIntegerField(null=True)),
                ("above_minor", models.BigIntegerField(null=True)),
                ("is_below", models.BooleanField(default=False)),
                ("is_above", models.BooleanField(default=False)),
                ("set_at", models.DateTimeField()),
            ],
        ),
        migrations.CreateModel(
            name="Freeze",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("debits", models.BooleanField()),
                ("credits", models.BooleanField()),
                ("reason", models.CharField(max_length=200)),
                ("placed_at", models.DateTimeField()),
                ("expires_at", models.DateTimeField(null=True)),
                ("lifted_at", models.DateTimeField(null=True)),
                ("lift_reason", models.CharField(blank=True, max_length=200)),
            ],
        ),
        migrations.AlterModelOptions(
            name="hold",
            options={"permissions": [("release_hold", "Can release what a customer holds")]},
        ),
        migrations.AlterModelOptions(
            name="wallet",
            options={"permissions": [("freeze_wallet", "Can freeze and unfreeze wallets")]},
        ),
        migrations.RemoveConstraint(
            model_name="wallet",
            name="one_wallet_for_each_owner_currency_and_kind",
        ),
        migrations.AddField(
            model_name="wallet",
            name="debits_stopped",
            field=models.BooleanField(db_default=False, default=False),
        ),
        migrations.AddConstraint(
            model_name="wallet",
            constraint=models.UniqueConstraint(
                condition=models.Q(("status", "closed"), _negated=True),
                fields=("owner", "currency", "kind"),
                name="one_wallet_for_each_owner_currency_and_kind",
            ),
        ),
        migrations.AddConstraint(
            model_name="balancealert",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("below_minor", None), ("below_minor__gt", 0), _connector="OR"),
                    models.Q(("above_minor", None), ("above_minor__gt", 0), _connector="OR"),
                ),
                name="alert_amounts_are_above_zero",
            ),
        ),
        migrations.AddField(
            model_name="freeze",
            name="lifted_by",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="freeze",
            name="placed_by",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="freeze",
            name="wallet",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="freezes",
                to="wallets.wallet",
            ),
        ),
        migrations.AddIndex(
            model_name="freeze",
            index=models.Index(models.F("wallet"), models.F("id"), name="freeze_of_wallet"),
        ),
        migrations.AddIndex(
            model_name="freeze",
            index=models.Index(
                models.F("expires_at"),
                condition=models.Q(("expires_at__isnull", False), ("lifted_at", None)),
                name="freeze_that_will_end",
            ),
        ),
        migrations.AddConstraint(
            model_name="freeze",
            constraint=models.UniqueConstraint(
                models.F("wallet"),
                condition=models.Q(("lifted_at", None)),
                name="wallet_has_one_open_freeze",
            ),
        ),
        migrations.AddConstraint(
            model_name="freeze",
            constraint=models.CheckConstraint(
                condition=models.Q(("debits", True), ("credits", True), _connector="OR"),
                name="freeze_stops_something",
            ),
        ),
        migrations.AddConstraint(
            model_name="freeze",
            constraint=models.CheckConstraint(
                condition=models.Q(("reason", ""), _negated=True), name="freeze_has_a_reason"
            ),
        ),
        migrations.RunSQL(FILL, migrations.RunSQL.noop),
        migrations.RunSQL(GUARD, UNDO),
        migrations.RunPython(grant, migrations.RunPython.noop),
    ]
