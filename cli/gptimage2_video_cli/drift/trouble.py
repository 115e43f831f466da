"""What can be wrong with a page as a whole.

Lives here: the errors, each with its exit code. Not here: when they are raised.
"""


class PageUnreachable(Exception):
    """Nobody answered, or the answer was that the server is ill: try again later."""

    exit_code = 4


class NotDocumentation(Exception):
    """A page that was read, and says too little of the API to be its documentation."""

    exit_code = 65
