"""Values as people read them, in one line."""

from gptimage2_video import Quote, Task


def describe_task(task: Task) -> str:
    """A task, with the reason of its failure and whether it was refunded."""
    refund = {True: "refunded", False: "not refunded yet", None: ""}[task.refunded] if task.failed else ""
    return "; ".join(part for part in (str(task), task.failure_reason, refund) if part)


def describe_quote(quote: Quote) -> str:
    """A price, with its source."""
    credits_ = "unknown" if quote.credits is None else f"about {quote.credits} credits"
    return f"{credits_} ({quote.note})"
