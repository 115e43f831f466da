"""The part of the error tree that the service itself tells: a status of 400 or more, with all that came along.

Lives here: `APIError` and its kinds. Not here: the rest of the tree, and its drawing (`errors`); which status means
which kind (`replies`).
"""

from collections.abc import Mapping, Sequence
from typing import Any

from .errors import VideoClientError


class APIError(VideoClientError):
    """The service said no.

    Attributes:
        status: The HTTP status.
        message: The service's own words; empty where it gave none.
        body: The body, parsed where it is JSON, else text.
        request_id: The `x-request-id` header, where there is one.
    """

    _meaning = "the API refused the request"
    _advice = ""

    def __init__(
        self,
        *,
        status: int,
        message: str = "",
        body: Any = None,
        request_id: str | None = None,
        task_id: str | None = None,
    ) -> None:
        self.status, self.message, self.body, self.request_id = status, message, body, request_id
        self.task_id = task_id
        about = f" for task {task_id}" if task_id else ""
        said = f": {message}" if message else ""
        super().__init__(f"{self._meaning}{about} ({status}{said})", self._hint())

    def _hint(self) -> str:
        return self._advice


class BadRequest(APIError):
    """400: the request is invalid. Nothing was charged.

    Attributes:
        field_errors: The service's messages by the name of the field.
        form_errors: Its messages about the request as a whole.
    """

    def __init__(
        self, *, field_errors: Mapping[str, Sequence[str]] | None = None, form_errors: Sequence[str] = (), **facts: Any
    ) -> None:
        self.field_errors = {name: tuple(messages) for name, messages in (field_errors or {}).items()}
        self.form_errors = tuple(form_errors)
        super().__init__(**facts)

    def _hint(self) -> str:
        fields = (f"{name}: {', '.join(messages)}" for name, messages in self.field_errors.items())
        return "; ".join((*self.form_errors, *fields, "nothing was charged"))


class Unauthorized(APIError):
    """401: the key is missing or invalid."""

    _meaning = "the API refused the key"
    _advice = "check GPTIMAGE2_API_KEY"


class InsufficientCredits(APIError):
    """402: the account has too few credits. Nothing was charged.

    Attributes:
        required: Credits that the task needs; None where the service did not say.
    """

    def __init__(self, *, required: int | None = None, **facts: Any) -> None:
        self.required = required
        super().__init__(**facts)

    def _hint(self) -> str:
        need = "" if self.required is None else f"the task needs {self.required} credits; "
        return f"{need}nothing was charged"


class Forbidden(APIError):
    """403: the key may not do this."""

    _advice = "this key may not do that"


class TaskNotFound(APIError):
    """404: no such task, or the task of another account."""

    _meaning = "the API knows no such task on this account"
    _advice = "check the id, and that the key is the one it was submitted with"


class RateLimited(APIError):
    """429: too many requests. Nothing was accepted.

    Attributes:
        retry_after: Seconds that the service asks to wait; None where it did not say.
    """

    _meaning = "the API is being asked too often"

    def __init__(self, *, retry_after: float | None = None, **facts: Any) -> None:
        self.retry_after = retry_after
        super().__init__(**facts)

    def _hint(self) -> str:
        return "try again later" if self.retry_after is None else f"try again in {self.retry_after:g} s"


class ServerError(APIError):
    """5xx to a read: the service is ill. Safe to repeat.

    Attributes:
        retry_after: Seconds that the service asks to wait; None where it did not say.
    """

    _meaning = "the API failed"
    _advice = "reading again is safe"

    def __init__(self, *, retry_after: float | None = None, **facts: Any) -> None:
        self.retry_after = retry_after
        super().__init__(**facts)
