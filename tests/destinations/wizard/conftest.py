from tests.destinations.connectors.receiver import receiver

__all__ = ["receiver"]
