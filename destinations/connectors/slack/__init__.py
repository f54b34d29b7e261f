"""Slack: a message for each lead."""

from destinations.connectors.slack.declaration import SLACK

__all__ = ["SLACK"]
