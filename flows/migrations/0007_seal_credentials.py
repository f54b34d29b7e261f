"""Credentials in what recipients are sent, and in their URLs, stood in the clear."""

from typing import Any

from django.db import migrations

from flows.recipients.credentials import as_kept


def seal(apps: Any, schema_editor: Any) -> None:
    revisions = apps.get_model("flows", "FlowRevision").objects.select_related("flow")
    for revision in revisions.order_by("pk").iterator(chunk_size=100):
        if sealed(revision.document, account_id=revision.flow.account_id):
            revision.save(update_fields=["document"])


def sealed(document: dict[str, Any], *, account_id: str) -> bool:
    """Seals them in the document. Whether there was one."""
    found = False
    for step in document["steps"]:
        for mapping in step.get("integration", {}).get("mappings", ()):
            if "sealed" in mapping:
                continue
            kept = as_kept(mapping["property"], mapping.pop("value"), account_id=account_id)
            mapping.update(kept)
            found = found or "sealed" in kept
    return found


class Migration(migrations.Migration):
    dependencies = [
        ("flows", "0006_lead_appended"),
    ]

    operations = [
        migrations.RunPython(seal, migrations.RunPython.noop),
    ]
