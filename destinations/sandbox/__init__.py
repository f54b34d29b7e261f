"""Something to send leads to where there is nothing yet: a request inspector. Never served in production."""
