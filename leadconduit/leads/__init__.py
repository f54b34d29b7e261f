"""A lead's language, in pure Python: its values, templates over them, and rules about them."""
