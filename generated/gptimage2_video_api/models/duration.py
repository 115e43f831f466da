from typing import Literal

Duration = Literal[5, 8, 10, 15, 20]

DURATION_VALUES: set[Duration] = {
    5,
    8,
    10,
    15,
    20,
}


def check_duration(value: int) -> Duration:
    if value in DURATION_VALUES:
        return value
    raise TypeError(f"Unexpected value {value!r}. Expected one of {DURATION_VALUES!r}")
