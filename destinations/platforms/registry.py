"""Every platform of this installation, by the key that a destination keeps."""

from destinations.connectors.registry import REGISTRY
from destinations.platforms.builtin import builtin
from destinations.platforms.port import Platform

PLATFORMS: dict[str, Platform] = {"builtin": builtin(REGISTRY)}
