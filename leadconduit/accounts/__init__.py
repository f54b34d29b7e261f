"""Who is asking: accounts, the people and API keys that act for them, their roles, and what they did."""
