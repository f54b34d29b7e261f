"""What leads are sent to where there is nothing yet: stand-ins for business systems, and a request inspector.

Never served in production.
"""
