"""Four eyes in the database: it refuses a role that no second person approved."""

from pathlib import Path

from django.db import migrations

SQL = Path(__file__).with_suffix(".sql").read_text(encoding="utf-8")
UNDO = """
DROP TRIGGER role_proposal_is_decided_once ON accounts_roleproposal;
DROP FUNCTION accounts_guard_role_proposal;
DROP TRIGGER role_changes_by_an_approved_proposal ON accounts_user;
DROP FUNCTION accounts_guard_role;
"""


class Migration(migrations.Migration):
    dependencies = [("accounts", "0018_role_proposals")]
    operations = [migrations.RunSQL(SQL, UNDO)]
