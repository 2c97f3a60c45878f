"""Transfers that pay fees and keep to limits."""

from pathlib import Path

from django.db import migrations

SQL = Path(__file__).with_suffix(".sql").read_text(encoding="utf-8")


class Migration(migrations.Migration):
    dependencies = [
        ("ledger", "0011_parts_and_allowances"),
        ("wallets", "0011_freezes_and_alerts"),
    ]
    operations = [migrations.RunSQL(SQL)]
