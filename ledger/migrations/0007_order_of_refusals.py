"""One order of reasons to refuse; reversals that take back no more than was moved."""

from pathlib import Path

from django.db import migrations

SQL = Path(__file__).with_suffix(".sql").read_text(encoding="utf-8")


class Migration(migrations.Migration):
    dependencies = [("ledger", "0006_lean_guards")]
    operations = [migrations.RunSQL(SQL)]
