"""The one kind of error that a person is told as it stands."""


class ToldError(Exception):
    """What the world or a person did; the text is a sentence that says what to do, without any card code."""
