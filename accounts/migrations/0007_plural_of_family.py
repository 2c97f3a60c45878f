"""Names more than one token family in English; changes nothing in the database."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("accounts", "0006_principal")]
    operations = [
        migrations.AlterModelOptions(
            name="tokenfamily", options={"verbose_name_plural": "token families"}
        )
    ]
