"""`batch run` on a terminal, where a person is asked to confirm the cost."""

import sys
from io import StringIO

import pytest


class TestConfirmation:
    @pytest.fixture
    def answer(self, run, batch, monkeypatch):
        batch.write("cup")

        def answer(text, *more):
            stdin = StringIO(text)
            stdin.isatty = lambda: True
            monkeypatch.setattr(sys, "stdin", stdin)
            monkeypatch.setattr(sys.stderr, "isatty", lambda: True)
            return run(*more)

        return answer

    @pytest.mark.parametrize(("text", "code"), [("n\n", 2), ("\n", 2), ("", 130)])
    def test_nothing_is_sent_without_a_yes(self, answer, service, text, code):
        outcome = answer(text)
        assert (code, "", True) == (outcome.code, outcome.out, service.posts == [])
        assert "nothing was sent" in outcome.err.splitlines()[-1]

    def test_the_question_comes_after_the_cost(self, answer, service):
        outcome = answer("y\n")
        assert (0, ["cup"]) == (outcome.code, service.posts)
        assert outcome.err.index("cost: about 5 credits") < outcome.err.index("Submit them? [y/N]")

    def test_yes_is_not_asked(self, answer):
        assert "Submit them?" not in answer("", "--yes").err
