"""The contract as a file."""

import pytest

import gptimage2_video_mock.api.spec as spec_module


def test_a_package_without_the_contract_says_so(monkeypatch):
    monkeypatch.setattr(spec_module, "_PATHS", ())
    with pytest.raises(RuntimeError, match="neither in the package nor"):
        spec_module.spec_bytes.__wrapped__()
