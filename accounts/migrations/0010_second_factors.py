"""A login remembers when its person last showed a second factor; unknown for those of before."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("accounts", "0009_devices_codes_and_tries")]
    operations = [
        migrations.AddField(
            model_name="tokenfamily",
            name="second_factor_at",
            field=models.DateTimeField(null=True),
        )
    ]
