"""Google Sheets: each lead becomes a row."""

from destinations.connectors.google_sheets.declaration import GOOGLE_SHEETS

__all__ = ["GOOGLE_SHEETS"]
