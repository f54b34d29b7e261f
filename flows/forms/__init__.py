"""Forms of the flow's pages."""
