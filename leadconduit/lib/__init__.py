"""What every part of the project may use. Nothing here knows a business word."""
