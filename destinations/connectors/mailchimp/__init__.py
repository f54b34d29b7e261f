"""Mailchimp: members of audiences."""

from destinations.connectors.mailchimp.declaration import MAILCHIMP

__all__ = ["MAILCHIMP"]
