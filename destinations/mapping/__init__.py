"""Field mapping in pure Python: a lead's variables and mapping rows become what an action is sent."""

from destinations.mapping.mapping import Mapping, compile_mapping
from destinations.mapping.rows import MappingRow, problems

__all__ = ["Mapping", "MappingRow", "compile_mapping", "problems"]
