"""Many transfers in one call."""

from pathlib import Path

from django.db import migrations

SQL = Path(__file__).with_suffix(".sql").read_text(encoding="utf-8")


class Migration(migrations.Migration):
    dependencies = [
        ("ledger", "0007_order_of_refusals"),
        ("wallets", "0003_default_permissions"),
    ]
    operations = [
        migrations.SeparateDatabaseAndState(
            database_operations=[migrations.RunSQL(SQL)],
            state_operations=[
                migrations.RemoveConstraint("transfer", "transfer_amount_is_positive"),
                migrations.RemoveConstraint("transfer", "transfer_fee_is_not_negative"),
            ],
        ),
    ]
