"""A migration's operation that makes a model's table partitioned by range of id."""

from typing import Any

from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.operations import CreateModel
from django.db.migrations.state import ProjectState


class CreatePartitionedModel(CreateModel):
    """`CreateModel`, with the partition key on the table: the model's state and its columns stay Django's own.

    The model must carry no foreign key constraint and no unique one beside its id, which PostgreSQL would refuse or
    weaken. Its partitions are made by `leadconduit.lib.partitions`.
    """

    def database_forwards(
        self,
        app_label: str,
        schema_editor: BaseDatabaseSchemaEditor,
        from_state: ProjectState,
        to_state: ProjectState,
    ) -> None:
        editor: Any = schema_editor
        editor.sql_create_table = f"{type(editor).sql_create_table} PARTITION BY RANGE (id)"
        try:
            super().database_forwards(app_label, schema_editor, from_state, to_state)
        finally:
            del editor.sql_create_table
