"""Drops the phone numbers in clear, and remembers whose data was erased."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("accounts", "0015_sealed_phones")]
    operations = [
        migrations.RemoveField("user", "phone"),
        migrations.AddField("user", "erased_at", models.DateTimeField(editable=False, null=True)),
        migrations.AddConstraint(
            "user",
            models.CheckConstraint(
                condition=models.Q(erased_at=None) | models.Q(is_active=False),
                name="erased_person_does_not_come_in",
            ),
        ),
        migrations.AlterModelOptions(
            "user",
            {
                "permissions": [
                    ("deactivate_user", "Can shut somebody out and let them in again"),
                    ("set_kyc_tier", "Can set how well somebody is known"),
                    ("erase_user", "Can erase somebody's data for them"),
                ]
            },
        ),
    ]
