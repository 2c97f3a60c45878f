"""One call for a transfer between two wallets."""

from pathlib import Path

from django.db import migrations

SQL = Path(__file__).with_suffix(".sql").read_text(encoding="utf-8")


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0003_keyed_answers"),
        ("events", "0002_append_only"),
        ("ledger", "0005_batches"),
        ("wallets", "0001_wallets_and_transfers"),
    ]
    operations = [migrations.RunSQL(SQL, "DROP FUNCTION wallets_transfer")]
