"""Marketo: people, static lists, programs and campaigns of Adobe Marketo Engage."""

from destinations.connectors.marketo.declaration import MARKETO

__all__ = ["MARKETO"]
