import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models

import leadconduit.lib.ids


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("accounts", "0001_initial"),
        ("destinations", "0001_initial"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Due",
            fields=[
                ("delivery_id", leadconduit.lib.ids.IdField(primary_key=True, serialize=False)),
                ("destination_id", leadconduit.lib.ids.IdField()),
                ("due_at", models.DateTimeField()),
                ("tries", models.PositiveSmallIntegerField(db_default=0, default=0)),
                ("lease_id", models.UUIDField(null=True)),
            ],
            options={
                "db_table": "due",
                "indexes": [
                    models.Index(fields=["destination_id", "due_at"], name="due_in_order"),
                    models.Index(
                        condition=models.Q(("lease_id__isnull", False)),
                        fields=["destination_id"],
                        name="due_leased",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Flow",
            fields=[
                (
                    "id",
                    leadconduit.lib.ids.IdField(
                        default=leadconduit.lib.ids.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("name", models.CharField(max_length=200)),
                ("enabled", models.BooleanField(default=True)),
                ("deployed_at", models.DateTimeField(editable=False, null=True)),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                ("updated_at", models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                ("deleted_at", models.DateTimeField(editable=False, null=True)),
                (
                    "account",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="flows",
                        to="accounts.account",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="FlowRevision",
            fields=[
                (
                    "id",
                    leadconduit.lib.ids.IdField(
                        default=leadconduit.lib.ids.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("number", models.PositiveIntegerField()),
                ("document", models.JSONField()),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                (
                    "author",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "flow",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="revisions", to="flows.flow"
                    ),
                ),
            ],
        ),
        migrations.AddField(
            model_name="flow",
            name="deployed",
            field=models.ForeignKey(
                editable=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="flows.flowrevision",
            ),
        ),
        migrations.AddField(
            model_name="flow",
            name="saved",
            field=models.ForeignKey(
                editable=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="flows.flowrevision",
            ),
        ),
        migrations.CreateModel(
            name="FlowUsage",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "stage",
                    models.CharField(choices=[("saved", "Saved"), ("deployed", "Deployed")], max_length=8),
                ),
                ("position", models.PositiveSmallIntegerField()),
                ("enabled", models.BooleanField(default=True)),
                ("rule_set", models.JSONField(null=True)),
                (
                    "action",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="usages",
                        to="destinations.action",
                    ),
                ),
                (
                    "flow",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="usages", to="flows.flow"
                    ),
                ),
            ],
        ),
        migrations.AddConstraint(
            model_name="flowrevision",
            constraint=models.UniqueConstraint(fields=("flow", "number"), name="flow_revision_number_once"),
        ),
        migrations.AddIndex(
            model_name="flow",
            index=models.Index(fields=["account", "-id"], name="flow_by_account"),
        ),
        migrations.AddIndex(
            model_name="flowusage",
            index=models.Index(fields=["flow", "stage", "position"], name="usage_in_order"),
        ),
        migrations.AddConstraint(
            model_name="flowusage",
            constraint=models.UniqueConstraint(
                fields=("flow", "action", "stage"), name="usage_once_per_stage"
            ),
        ),
        migrations.CreateModel(
            name="Entity",
            fields=[
                (
                    "id",
                    leadconduit.lib.ids.IdField(
                        default=leadconduit.lib.ids.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("name", models.CharField(max_length=200)),
                ("description", models.TextField(blank=True)),
                ("source", models.CharField(max_length=20, null=True)),
                ("recipient", models.CharField(max_length=20, null=True)),
                ("module_ids", models.JSONField(default=list)),
                ("time_zone", models.CharField(blank=True, max_length=60)),
                ("website", models.CharField(blank=True, max_length=500)),
                ("logo_url", models.CharField(max_length=500, null=True)),
                ("field_suffix", models.CharField(max_length=5, null=True)),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                ("updated_at", models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                (
                    "account",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="entities",
                        to="accounts.account",
                    ),
                ),
            ],
            options={
                "verbose_name_plural": "entities",
                "indexes": [models.Index(fields=["account", "-id"], name="entity_by_account")],
            },
        ),
        # The queue is small and churns: room on each page for the next version of a row, and a vacuum that keeps up.
        migrations.RunSQL(
            "alter table due set (fillfactor = 90, autovacuum_vacuum_scale_factor = 0,"
            " autovacuum_vacuum_threshold = 5000, autovacuum_vacuum_cost_delay = 0)",
            migrations.RunSQL.noop,
        ),
    ]
