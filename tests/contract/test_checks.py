"""The own checks hold for the mock: what schemathesis cannot know of this API."""

import pytest

from checks import OWN

pytestmark = pytest.mark.slow


@pytest.mark.parametrize("name", OWN)
def test_the_mock_holds(name, target):
    target.reset()
    OWN[name](target)
