"""Dates and numbers as texts: the formats of moment and of numeral.js, which LeadConduit's templates speak."""

from leadconduit.leads.formatting.dates import format_date
from leadconduit.leads.formatting.locales import LOCALES
from leadconduit.leads.formatting.numbers import format_number
from leadconduit.leads.formatting.problems import MAX_FORMAT, format_problem

__all__ = ["LOCALES", "MAX_FORMAT", "format_date", "format_number", "format_problem"]
