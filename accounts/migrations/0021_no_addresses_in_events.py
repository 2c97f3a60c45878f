"""Takes e-mail addresses out of events of before: what is written once must name nobody.

Erasing somebody's data cannot reach the event log, so from now on no address is written there.
"""

from django.db import migrations

SQL = """
ALTER TABLE events_event DISABLE TRIGGER events_are_never_changed;
UPDATE events_event SET data = data - 'email'
 WHERE type IN ('user.signed_up', 'user.added') AND data ? 'email';
ALTER TABLE events_event ENABLE TRIGGER events_are_never_changed;
"""


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0020_what_staff_may_do_to_people"),
        ("events", "0002_append_only"),
    ]
    operations = [migrations.RunSQL(SQL, migrations.RunSQL.noop)]
