"""The clock of the library is the real one, outside of tests."""

import anyio
import pytest

from gptimage2_video.transport import clock


def test_it_goes_forward_over_a_sleep():
    before = clock.now()
    clock.sleep(0)
    assert clock.now() >= before


@pytest.mark.parametrize("backend", ["asyncio", "trio"])
def test_it_goes_forward_over_an_awaited_sleep(backend):
    before = clock.now()
    anyio.run(clock.async_sleep, 0, backend=backend)
    assert clock.now() >= before
