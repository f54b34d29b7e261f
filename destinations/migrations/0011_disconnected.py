from typing import Any

from django.db import migrations, models


def name_disconnected(apps: Any, schema_editor: Any) -> None:
    """Those that somebody disconnected were said to need attention."""
    connections = apps.get_model("destinations", "Connection").objects
    connections.filter(status="needs_attention", problem="It was disconnected.").update(status="disconnected")


class Migration(migrations.Migration):
    dependencies = [
        ("destinations", "0010_where_secrets_go"),
    ]

    operations = [
        migrations.AlterField(
            model_name="connection",
            name="status",
            field=models.CharField(
                choices=[
                    ("incomplete", "Not complete"),
                    ("waiting", "Waiting for consent"),
                    ("connected", "Connected"),
                    ("needs_attention", "Needs attention"),
                    ("disconnected", "Disconnected"),
                ],
                db_default="connected",
                default="connected",
                max_length=16,
            ),
        ),
        migrations.RunPython(name_disconnected, migrations.RunPython.noop, elidable=True),
    ]
