"""HubSpot: contacts, deals and lists of its CRM."""

from destinations.connectors.hubspot.declaration import HUBSPOT

__all__ = ["HUBSPOT"]
