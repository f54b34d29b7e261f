import django.db.models.deletion
from django.db import migrations, models

BACKFILL = """
update flows_attempt set account_id = flows_delivery.account_id
from flows_delivery where flows_delivery.id = flows_attempt.delivery_id
"""


class Migration(migrations.Migration):
    dependencies = [("accounts", "0004_release"), ("flows", "0004_submission_keys")]

    operations = [
        migrations.AddField(
            model_name="attempt",
            name="account",
            field=models.ForeignKey(
                db_constraint=False,
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="+",
                to="accounts.account",
            ),
        ),
        migrations.RunSQL(BACKFILL, migrations.RunSQL.noop),
        migrations.AddIndex(
            model_name="attempt",
            index=models.Index(fields=["account", "id"], name="attempt_by_account"),
        ),
    ]
