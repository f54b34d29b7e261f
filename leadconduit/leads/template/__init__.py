"""Templates: text with `{{path}}` and `{{function value option=...}}` in it. Compiled once, rendered often.

The dialect is LeadConduit's of Handlebars (its developer documentation, "Templates"): variables, and functions for
dates, numbers, texts and hashes; no blocks, partials or comments.
"""

from leadconduit.leads.bounds import MAX_RESULT, TooLong
from leadconduit.leads.template.compiling import (
    FUNCTIONS,
    MAX_BACKTRACKING,
    MAX_FUNCTIONS,
    MAX_VARIABLES,
    Template,
    compile_template,
)
from leadconduit.leads.template.errors import TemplateError
from leadconduit.leads.template.syntax import MAX_DEPTH, MAX_LENGTH, is_path

__all__ = [
    "FUNCTIONS",
    "MAX_BACKTRACKING",
    "MAX_DEPTH",
    "MAX_FUNCTIONS",
    "MAX_LENGTH",
    "MAX_RESULT",
    "MAX_VARIABLES",
    "Template",
    "TemplateError",
    "TooLong",
    "compile_template",
    "is_path",
]
