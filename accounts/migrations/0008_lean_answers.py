"""A status of HTTP is written by our code alone: no CHECK for every transfer to pay."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("accounts", "0007_plural_of_family")]
    operations = [
        migrations.AlterField("keyedanswer", "status", models.SmallIntegerField(null=True)),
    ]
