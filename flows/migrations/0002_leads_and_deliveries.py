import django.db.models.deletion
import django.utils.timezone
from django.apps.registry import Apps
from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

import leadconduit.lib.ids
from leadconduit.lib import partitions
from leadconduit.lib.partitioned_table import CreatePartitionedModel

TABLES = ("flows_lead", "flows_event", "flows_delivery", "flows_attempt")


def make_partitions(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    for table in TABLES:
        schema_editor.execute(partitions.default_partition_sql(table))
        partitions.make_ahead(table, now=django.utils.timezone.now())


class Migration(migrations.Migration):
    dependencies = [("flows", "0001_initial")]

    operations = [
        CreatePartitionedModel(
            name="Lead",
            fields=[
                (
                    "id",
                    leadconduit.lib.ids.IdField(
                        default=leadconduit.lib.ids.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("source_id", leadconduit.lib.ids.IdField()),
                ("email", models.CharField(blank=True, max_length=320)),
                ("values", models.JSONField()),
                ("invalid", models.JSONField(default=list)),
                ("submission", models.JSONField(default=dict)),
                ("outcome", models.CharField(max_length=10)),
                ("reason", models.TextField(blank=True)),
                (
                    "gate",
                    models.CharField(
                        choices=[
                            ("open", "Open"),
                            ("stopped", "Stopped"),
                            ("failed", "Failed"),
                            ("released", "Released"),
                        ],
                        max_length=8,
                    ),
                ),
                ("blame", models.JSONField(null=True)),
                (
                    "account",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="accounts.account",
                    ),
                ),
                (
                    "flow",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="flows.flow",
                    ),
                ),
                (
                    "revision",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="flows.flowrevision",
                    ),
                ),
            ],
        ),
        CreatePartitionedModel(
            name="Event",
            fields=[
                (
                    "id",
                    leadconduit.lib.ids.IdField(
                        default=leadconduit.lib.ids.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("type", models.CharField(max_length=20)),
                ("step_id", models.CharField(blank=True, max_length=6)),
                ("outcome", models.CharField(max_length=10)),
                ("reason", models.TextField(blank=True)),
                ("detail", models.JSONField(default=dict)),
                ("ms", models.PositiveIntegerField(default=0)),
                (
                    "account",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="accounts.account",
                    ),
                ),
                (
                    "flow",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="flows.flow",
                    ),
                ),
                (
                    "lead",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="events",
                        to="flows.lead",
                    ),
                ),
            ],
        ),
        CreatePartitionedModel(
            name="Delivery",
            fields=[
                (
                    "id",
                    leadconduit.lib.ids.IdField(
                        default=leadconduit.lib.ids.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("key", leadconduit.lib.ids.IdField(default=leadconduit.lib.ids.new_id, editable=False)),
                ("input", models.JSONField(null=True)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("waiting", "Waiting"),
                            ("accepted", "Accepted"),
                            ("delivered", "Delivered"),
                            ("rejected", "Rejected"),
                            ("failed", "Failed"),
                            ("cancelled", "Cancelled"),
                        ],
                        default="waiting",
                        max_length=9,
                    ),
                ),
                ("outcome", models.CharField(blank=True, max_length=20)),
                ("reason", models.TextField(blank=True)),
                ("attempt_count", models.PositiveSmallIntegerField(default=0)),
                ("finished_at", models.DateTimeField(null=True)),
                (
                    "account",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="accounts.account",
                    ),
                ),
                (
                    "action",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="destinations.action",
                    ),
                ),
                (
                    "destination",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="destinations.destination",
                    ),
                ),
                (
                    "follows",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="followers",
                        to="flows.delivery",
                    ),
                ),
                (
                    "origin",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="repeats",
                        to="flows.delivery",
                    ),
                ),
                (
                    "flow",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="flows.flow",
                    ),
                ),
                (
                    "lead",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="deliveries",
                        to="flows.lead",
                    ),
                ),
            ],
            options={
                "verbose_name_plural": "deliveries",
            },
        ),
        CreatePartitionedModel(
            name="Attempt",
            fields=[
                (
                    "id",
                    leadconduit.lib.ids.IdField(
                        default=leadconduit.lib.ids.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("number", models.PositiveSmallIntegerField()),
                ("started_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("ms", models.PositiveIntegerField(default=0)),
                ("outcome", models.CharField(max_length=20)),
                ("reason", models.TextField(blank=True)),
                ("exchange", models.JSONField(null=True)),
                ("counted", models.BooleanField(default=True)),
                (
                    "revision",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="destinations.destinationrevision",
                    ),
                ),
                (
                    "delivery",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="attempts",
                        to="flows.delivery",
                    ),
                ),
            ],
            options={
                "indexes": [models.Index(fields=["delivery", "id"], name="attempt_by_delivery")],
            },
        ),
        migrations.AddIndex(
            model_name="lead",
            index=models.Index(fields=["account", "id"], name="lead_by_account"),
        ),
        migrations.AddIndex(
            model_name="lead",
            index=models.Index(fields=["account", "gate", "id"], name="lead_by_gate"),
        ),
        migrations.AddIndex(
            model_name="lead",
            index=models.Index(fields=["account", "flow", "id"], name="lead_by_flow"),
        ),
        migrations.AddIndex(
            model_name="lead",
            index=models.Index(fields=["email", "id"], name="lead_by_email"),
        ),
        migrations.AddIndex(
            model_name="event",
            index=models.Index(fields=["lead", "id"], name="event_by_lead"),
        ),
        migrations.AddIndex(
            model_name="event",
            index=models.Index(fields=["account", "id"], name="event_by_account"),
        ),
        migrations.AddIndex(
            model_name="delivery",
            index=models.Index(fields=["account", "id"], name="delivery_by_account"),
        ),
        migrations.AddIndex(
            model_name="delivery",
            index=models.Index(fields=["account", "state", "id"], name="delivery_by_state"),
        ),
        migrations.AddIndex(
            model_name="delivery",
            index=models.Index(fields=["lead", "id"], name="delivery_by_lead"),
        ),
        migrations.AddIndex(
            model_name="delivery",
            index=models.Index(fields=["destination", "id"], name="delivery_by_destination"),
        ),
        migrations.AddIndex(
            model_name="delivery",
            index=models.Index(
                condition=models.Q(("follows__isnull", False)), fields=["follows"], name="delivery_by_follows"
            ),
        ),
        migrations.RunPython(make_partitions, migrations.RunPython.noop),
    ]
