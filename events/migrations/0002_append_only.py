"""The event log can only grow."""

from pathlib import Path

from django.db import migrations

SQL = Path(__file__).with_suffix(".sql").read_text(encoding="utf-8")


class Migration(migrations.Migration):
    dependencies = [("events", "0001_event_log")]
    operations = [migrations.RunSQL(SQL, "DROP FUNCTION events_refuse_change CASCADE")]
