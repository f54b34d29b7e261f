from typing import Any

from django.core.management import call_command
from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.models.functions import Lower


def create_cache_table(apps: Any, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """The table of settings.CACHES, where failed sign-ins are counted. One that is there is left alone."""
    call_command("createcachetable", database=schema_editor.connection.alias, verbosity=0)


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0001_initial"),
    ]

    operations = [
        migrations.AddConstraint(
            model_name="user",
            constraint=models.CheckConstraint(
                condition=models.Q(email=Lower("email")), name="user_email_lower_case"
            ),
        ),
        migrations.RunPython(create_cache_table, migrations.RunPython.noop),
    ]
