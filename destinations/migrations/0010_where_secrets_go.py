from typing import Any

from django.db import migrations, models


def bind(apps: Any, schema_editor: Any) -> None:
    """Connections that are there are for the host that their newest live version leads to; else the newest draft.

    A webhook's URL is the only such field. What is not read here as it is compared later is asked for again, once.
    """
    from urllib.parse import urlsplit

    connections = apps.get_model("destinations", "Connection").objects.filter(integration="webhook")
    revisions = apps.get_model("destinations", "DestinationRevision").objects
    for connection in connections.iterator():
        named = revisions.filter(
            destination__account=connection.account_id, document__connection=connection.pk
        )
        newest_first = named.order_by(models.F("applied_at").desc(nulls_last=True), "-changed_at")
        for document in newest_first.values_list("document", flat=True):
            text = str(document["configuration"].get("url") or "").strip().lower()
            if not text:
                continue
            try:
                url = urlsplit(text)
                port = url.port or {"http": 80, "https": 443}.get(url.scheme)
                connection.goes_to = f"{url.scheme}://{url.hostname}:{port}"
            except ValueError:
                connection.goes_to = text
            connection.save(update_fields=["goes_to"])
            break


class Migration(migrations.Migration):
    dependencies = [
        ("destinations", "0009_incomplete_connections"),
    ]

    operations = [
        migrations.AddField(
            model_name="connection",
            name="goes_to",
            field=models.TextField(blank=True, db_default="", default="", editable=False),
        ),
        migrations.RunPython(bind, migrations.RunPython.noop, elidable=True),
    ]
