"""What can be wrong with a page as a whole.

Lives here: the errors, so that the table of exit codes can name them at no cost. Not here: when they are raised.
"""


class PageUnreachable(Exception):
    """Nobody answered, or the answer was that the server is ill: try again later."""


class NotDocumentation(Exception):
    """A page that was read, and says too little of the API to be its documentation."""
