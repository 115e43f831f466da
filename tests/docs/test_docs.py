"""The documentation site is true: every code block is executed, every page is reachable, every public name is told."""

import inspect
import json
import logging
import os
import re
import shlex
import shutil
import socket
import subprocess
import tomllib
from pathlib import Path

import pytest
import yaml
from tools.docs import commands
from tools.docs.pages import pages

import gptimage2_video
from gptimage2_video import check, load_models, polling
from gptimage2_video.journal import SubmissionState
from gptimage2_video_cli.contract.report import load_baseline
from gptimage2_video_mock.scenarios.registry import SCENARIOS
from support.commandline import every_command
from support.paths import ROOT
from support.postgres import Postgres, programs
from support.samples import MOCK, Terminal, in_a_shell, parse, samples, steps

TYPESCRIPT = ROOT / "clients" / "typescript"
PAGES = pages()
SAMPLES = [sample for page, text in PAGES.items() for sample in samples(page, text)]
EXECUTED = [sample for sample in SAMPLES if sample.reason is None]
WITH_SAMPLES = sorted({sample.page for sample in EXECUTED})
TARGETS = {
    target
    for file in (ROOT / "Makefile", *(ROOT / "make").glob("*.mk"))
    for target in re.findall(r"^([\w-]+):", file.read_text("utf-8"), re.MULTILINE)
}

PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
TSC_OPTIONS = ("--strict", "--exactOptionalPropertyTypes", "--target", "ES2022", "--module", "NodeNext")


class Loader(yaml.SafeLoader):
    """Reads a configuration that names Python functions, and leaves those names alone."""


Loader.add_multi_constructor("tag:yaml.org,2002:python/name:", lambda *_: None)
CONFIGURATION = yaml.load((ROOT / "docs" / "mkdocs.yml").read_text("utf-8"), Loader)  # noqa: S506  a SafeLoader


@pytest.fixture
def terminal(server, clock, monkeypatch, tmp_path, capfd):
    """An empty folder, and a terminal in which the mock and its key are set."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("GPTIMAGE2_BASE_URL", server.url)
    monkeypatch.setenv("GPTIMAGE2_API_KEY", "test-key")
    for name, value in (("level", logging.NOTSET), ("handlers", [])):  # a page shows how to set them
        monkeypatch.setattr(logging.getLogger("gptimage2_video"), name, value)
    return Terminal(server, monkeypatch, capfd)


@pytest.mark.slow
@pytest.mark.process
class TestSamples:
    @pytest.mark.parametrize("page", WITH_SAMPLES)
    def test_every_block_of_a_page_does_what_it_says(self, page, terminal, server, capfd):
        """One after the other, in one folder, as a reader would."""
        for sample in (sample for sample in EXECUTED if sample.page == page):
            if sample.title:
                Path(sample.title).write_text(sample.code)
            KINDS[sample.language](sample, terminal, server, capfd)

    def test_one_block_is_executed_by_a_test_of_its_own_and_says_why(self):
        assert [("batches.md", "needs a PostgreSQL server; a test of its own runs it against one")] == [
            (sample.page, sample.reason) for sample in SAMPLES if sample.reason
        ]

    @pytest.mark.skipif(programs() is None, reason="PostgreSQL is not installed (make postgres)")
    def test_the_block_about_postgresql_runs_against_a_real_one(self, terminal):
        for sample in (sample for sample in SAMPLES if sample.page == "batches.md" and sample.title):
            Path(sample.title).write_text(sample.code)
        (sample,) = (sample for sample in SAMPLES if sample.reason)
        with Postgres() as database:
            code = sample.code.replace("postgresql://me@db.example.com/videos", database.url)
            assert code != sample.code
            runs_in_the_terminal(sample._replace(code=code), terminal)

    def test_every_example_of_the_command_line_is_one_that_it_takes(self, terminal):
        for name in ("shots.jsonl", "shots.csv", "request.json"):
            Path(name).touch()
        Path("videos").mkdir()
        for words in every_command():
            told = helped(words).partition("Examples:\n")[2].partition("\n\n")[0]
            assert all(parse(line) for line in told.splitlines() if "gptimage2-video " in line), words
            blocks = re.findall(r'(?:^ +[{"}].*\n)+', helped(words), re.MULTILINE)
            assert all(isinstance(told, dict) for block in blocks for told in objects(block)), words

    def test_no_block_of_a_page_escapes_this_test(self):
        fences = sum(len(re.findall(r"^\s*(?:```|~~~)", text, re.MULTILINE)) for text in PAGES.values())
        assert fences == 2 * len(SAMPLES)


def helped(words):
    """The help of a command as its page shows it."""
    command = commands.cli
    for word in words:
        command = command.commands[word]
    return command.help


def runs_python(sample, _terminal, server, capfd):
    """It runs, and a comment behind a print is what it prints. A file of tests is run by the workflow that names it."""
    code = compile(sample.code.replace(MOCK, server.url), str(sample), "exec")
    if sample.title:
        return
    capfd.readouterr()
    exec(code, {"__name__": "__main__"})  # noqa: S102  the pages are ours
    printed = capfd.readouterr().out.splitlines()
    expected = re.findall(r"print\(.*\)  # (.*)", sample.code)
    assert expected == [line for line in printed if line in expected], (sample, printed)


def runs_in_the_terminal(sample, terminal, *_):
    for step in steps(sample.code):
        if step.command.startswith("make "):
            assert set() == set(step.command.split()[1:]) - TARGETS
        elif step.command.startswith("pip install "):
            installs_what_there_is(step.command)
        else:
            terminal.run(step)


def installs_what_there_is(command):
    extras = set(re.search(r"gptimage2-video\[([\w,]+)\]", command)[1].split(","))
    assert set() == extras - PROJECT["optional-dependencies"].keys()


def objects(text):
    """The JSON objects in a text, one behind the other."""
    while text := text.strip():
        found, end = json.JSONDecoder().raw_decode(text)
        yield found
        text = text[end:]


def is_json(sample, *_):
    """A request has nothing to mend, what a host is told starts a server, and a models file is read."""
    (told,) = objects(sample.code)
    if isinstance(told, list):
        assert load_models(sample.title)
        return
    assert "prompt" not in told or () == check(told)
    for server in told.get("mcpServers", {}).values():
        assert parse(shlex.join([server["command"], *server["args"]]))


def is_a_manifest(sample, *_):
    """The commands behind it read it; here each line is told apart."""
    assert sample.title
    assert all(json.loads(line)["model"] for line in sample.code.splitlines())


def is_read_by_the_commands_behind_it(sample, *_):
    assert any(
        sample.title in other.code for other in SAMPLES if other.page == sample.page and other.language == "console"
    )


def is_a_baseline_or_a_workflow(sample, _terminal, server, _capfd):
    """`contract --baseline` reads the one; each step of the other is run."""
    document = yaml.safe_load(sample.code)
    if isinstance(document, list):
        assert document == load_baseline(Path(sample.title))
    else:
        works_as_a_workflow(document, server)


def works_as_a_workflow(document, server):
    """Each step is run, with its own settings, and no clock but the real one."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = str(free.getsockname()[1])
    here = {"4010": port, "contract --report": "contract --rate 100 --report"}
    service = {"GPTIMAGE2_BASE_URL": server.url, "GPTIMAGE2_API_KEY": "test-key"}
    for name, job in document["jobs"].items():
        for step in (step for step in job["steps"] if "run" in step):
            if step["run"].startswith("pip install "):
                installs_what_there_is(step["run"])
                continue
            ours = {key: replaced(text, here) for key, text in step.get("env", {}).items()}
            settings = service if name == "service" else ours
            assert 0 == in_a_shell(replaced(step["run"], here), **settings), step


def replaced(text, pairs):
    for old, new in pairs.items():
        text = text.replace(old, new)
    return text


def is_tried_with_node(*_):
    """In a test of its own, which needs the compiler."""


KINDS = {
    "python": runs_python,
    "console": runs_in_the_terminal,
    "json": is_json,
    "jsonl": is_a_manifest,
    "csv": is_read_by_the_commands_behind_it,
    "yaml": is_a_baseline_or_a_workflow,
    "sh": lambda *_: None,  # tests/cli/contract/test_hooks.py runs it
    "ts": is_tried_with_node,
    "mermaid": lambda *_: None,  # a diagram, drawn when the site is built
}


@pytest.mark.slow
@pytest.mark.process
@pytest.mark.skipif(
    not (shutil.which("node") and (TYPESCRIPT / "node_modules" / "typescript").is_dir()),
    reason="needs Node, and what `make typescript` installs",
)
def test_typescript_compiles_and_runs(terminal, tmp_path, server):
    """With the client as it would be installed."""
    package = tmp_path / "node_modules" / "gptimage2-video"
    package.mkdir(parents=True)
    shutil.copy(TYPESCRIPT / "package.json", package)
    tsc = ["node", TYPESCRIPT / "node_modules" / "typescript" / "bin" / "tsc"]
    subprocess.run([*tsc, "--project", TYPESCRIPT / "tsconfig.build.json", "--outDir", package / "dist"], check=True)
    (tmp_path / "package.json").write_text('{"type": "module"}')
    found = [sample for sample in SAMPLES if sample.language == "ts"]
    files = [tmp_path / f"{number}.ts" for number in range(len(found))]
    for file, sample in zip(files, found, strict=True):
        file.write_text(sample.code)
        for data in (other for other in SAMPLES if other.page == sample.page and other.title):
            Path(data.title).write_text(data.code)
    types = ["--types", "node", "--typeRoots", TYPESCRIPT / "node_modules" / "@types"]
    subprocess.run([*tsc, *TSC_OPTIONS, *types, *files], check=True)
    with type(server)(speed=1000) as quick:
        settings = {**os.environ, "GPTIMAGE2_BASE_URL": quick.url}
        for file, sample in zip(files, found, strict=True):
            command = ["node", file.with_suffix(".js")]
            printed = subprocess.check_output(command, env=settings, text=True, timeout=60).splitlines()
            expected = re.findall(r"console\.log\(.*\); // (.*)", sample.code)
            assert expected == [line for line in printed if line in expected], (sample, printed)


class TestPages:
    def test_every_page_is_reached_from_the_navigation_and_no_entry_leads_nowhere(self):
        assert sorted(PAGES) == sorted(entries(CONFIGURATION["nav"]))

    def test_every_extra_is_named_where_it_is_installed(self):
        named = re.findall(r"^\| `(\w+)` \|", PAGES["quickstart.md"], re.MULTILINE)
        assert PROJECT["optional-dependencies"].keys() <= set(named)

    def test_every_page_begins_with_its_title_and_then_says_what_the_reader_gets(self):
        for name, text in PAGES.items():
            title, empty, first, *_ = text.splitlines()
            assert (name, True, "") == (name, title.startswith("# "), empty)
            assert re.match(r"[A-Z]", first), name

    def test_every_public_name_is_told_once_with_words_of_its_own(self):
        text = "\n".join(PAGES.values())
        told = re.findall(r"^::: gptimage2_video\.([\w.]+)$", text, re.MULTILINE)
        assert sorted(gptimage2_video.__all__) == sorted(name for name in told if "." not in name)
        assert {f"polling.{name}" for name in polling.__all__} <= set(told)
        for name in gptimage2_video.__all__:
            found = getattr(gptimage2_video, name)
            documented = inspect.isclass(found) or inspect.isfunction(found)
            on_the_page = re.search(rf"^::: gptimage2_video\.{name}\n\n[A-Z]", text, re.MULTILINE)
            assert found.__dict__.get("__doc__", found.__doc__) if documented else on_the_page, name

    def test_every_command_is_shown_with_its_options_examples_and_exit_codes(self):
        for words in every_command():
            assert "Examples:\n" in helped(words), words

    def test_the_build_ends_with_a_broken_link_and_with_a_file_of_another_host(self):
        (privacy,) = (plugin["privacy"] for plugin in CONFIGURATION["plugins"] if "privacy" in plugin)
        assert (True, False) == (CONFIGURATION["strict"], privacy["assets_fetch"])
        assert {"warn"} == {level for checks in CONFIGURATION["validation"].values() for level in checks.values()}

    def test_no_page_has_links_or_styles_in_html_which_the_build_does_not_look_at(self):
        for name, text in PAGES.items():
            assert not re.search(r"<a |<style|style=", re.sub(r"```.*?```|`[^`]*`", "", text, flags=re.DOTALL)), name

    def test_every_scenario_of_the_mock_is_listed(self):
        assert set(SCENARIOS) <= set(re.findall(r"^\| `([\w-]+)` \|", PAGES["mock.md"], re.MULTILINE))

    def test_every_state_of_the_journal_is_in_the_diagram(self):
        (diagram,) = [sample.code for sample in SAMPLES if (sample.page, sample.language) == ("money.md", "mermaid")]
        assert {state.name for state in SubmissionState} == set(re.findall(r"\b[A-Z]{5,}\b", diagram))


def entries(navigation):
    """The pages of a navigation, its groups included."""
    for entry in navigation:
        if isinstance(entry, str):
            yield entry
        elif isinstance(entry, dict):
            for found in entry.values():
                yield from [found] if isinstance(found, str) else entries(found)
