"""`openapi.yaml` as commands read it."""

import pytest

from gptimage2_video_cli.contract.openapi import document


def test_a_package_without_the_document_says_so(monkeypatch):
    monkeypatch.setattr("gptimage2_video_cli.contract.openapi._PATHS", ())
    with pytest.raises(RuntimeError, match=r"openapi\.yaml is neither"):
        document.__wrapped__()
