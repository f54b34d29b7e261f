"""What a template that cannot be read answers."""


class TemplateError(ValueError):
    """A template that cannot be read. `sentence` says why, `column` (from 1) where."""

    def __init__(self, sentence: str, column: int) -> None:
        super().__init__(f"{sentence} (column {column})")
        self.sentence = sentence
        self.column = column
