"""The judgement of postings, at less cost: one look at what was added, no settings changed."""

from pathlib import Path

from django.db import migrations

SQL = Path(__file__).with_suffix(".sql").read_text(encoding="utf-8")


class Migration(migrations.Migration):
    dependencies = [("ledger", "0008_holds")]
    operations = [migrations.RunSQL(SQL)]
