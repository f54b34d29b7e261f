from typing import Any

from django.db import migrations, models

ACTIONS = ("destination.activated", "destination.applied", "destination.rolled_back")


def note_untested(apps: Any, _: Any) -> None:
    """What was applied without a test until now is known from the audit alone."""
    revisions = apps.get_model("destinations", "DestinationRevision").objects
    events = apps.get_model("accounts", "AuditEvent").objects.filter(action__in=ACTIONS, detail__tested=False)
    for destination, number in events.values_list("object_id", "detail__revision"):
        revisions.filter(destination=destination, number=number).update(applied_untested=True)


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0001_initial"),
        ("destinations", "0003_test_runs"),
    ]

    operations = [
        migrations.AddField(
            model_name="destinationrevision",
            name="applied_untested",
            field=models.BooleanField(db_default=False, default=False, editable=False),
        ),
        migrations.RunPython(note_untested, migrations.RunPython.noop),
    ]
