"""Our own integrations: a folder for each business system, and one registry. See docs/adding-a-connector.md."""
