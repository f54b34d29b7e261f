"""Pages of flows, leads and deliveries."""
