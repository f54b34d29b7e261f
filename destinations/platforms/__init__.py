"""Who runs integrations: the port, and an adapter for each platform."""
