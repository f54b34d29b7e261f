class DatabaseUnavailable(Exception):
    """The embedded database cannot be found or started; the message says why and what to do."""
