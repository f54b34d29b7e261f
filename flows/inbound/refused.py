class Refused(Exception):
    """A submission that is not a lead. `sentence` is the whole answer's text."""

    def __init__(self, status: int, sentence: str) -> None:
        super().__init__(sentence)
        self.status = status
        self.sentence = sentence
