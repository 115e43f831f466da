"""The checks that need the ledger or the clock hold for the mock: what no server tells."""

import pytest

from ledger_checks import LEDGER

pytestmark = pytest.mark.slow


@pytest.mark.parametrize("name", LEDGER)
def test_the_mock_holds(name, target):
    target.reset()
    LEDGER[name](target)
