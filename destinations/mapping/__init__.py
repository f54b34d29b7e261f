"""Field mapping in pure Python: a lead's variables and mapping rows become what an action is sent."""

from destinations.mapping.checking import problems
from destinations.mapping.flags import Flag, check
from destinations.mapping.mapping import Mapping, RowResult, compile_mapping
from destinations.mapping.rows import MappingRow
from destinations.mapping.suggestions import SourceField, Suggestion, suggest
from destinations.mapping.tables import CsvError, Table, read_csv, table_problems
from destinations.mapping.transformations import TRANSFORMATIONS, Transformation

__all__ = [
    "TRANSFORMATIONS",
    "CsvError",
    "Flag",
    "Mapping",
    "MappingRow",
    "RowResult",
    "SourceField",
    "Suggestion",
    "Table",
    "Transformation",
    "check",
    "compile_mapping",
    "problems",
    "read_csv",
    "suggest",
    "table_problems",
]
