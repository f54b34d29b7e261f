"""Custom Webhook: sends a lead to any address that takes HTTP, and understands the answer."""

from destinations.connectors.webhook.declaration import WEBHOOK

__all__ = ["WEBHOOK"]
