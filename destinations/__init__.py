"""Where leads can go: systems that receive them, configured once per account and used by every flow."""
