"""Text of strangers, made harmless."""


def one_line(text: str) -> str:
    """What a terminal may be shown: line breaks are spaces, control characters gone."""
    return "".join(char for char in " ".join(text.split()) if char.isprintable())
