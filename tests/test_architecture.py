"""The house keeps its shape: the core does no I/O, one seam leads to the generated code, and the twins are twins."""

import ast
import os
import re
import subprocess
import sys

import pytest

import gptimage2_video
from support.paths import ROOT

OVERLAY = ROOT / "overlay" / "gptimage2_video"
PACKAGES = {
    "gptimage2_video_api": ROOT / "generated" / "gptimage2_video_api",
    "gptimage2_video": OVERLAY,
    "gptimage2_video_cli": ROOT / "cli" / "gptimage2_video_cli",
    "gptimage2_video_mock": ROOT / "mock" / "gptimage2_video_mock",
}
CORE = [
    "errors",
    "refusals",
    "task",
    "record",
    "entries",
    "request",
    "form",
    "rules",
    "pricing",
    "schedule",
    "pace",
    "poll_budget",
    "wire",
    "replies",
    "lookup",
    "looks",
    "flow",
    "download",
]
DOES_IO = {
    "httpx",
    "aiohttp",
    "anyio",
    "asyncio",
    "socket",
    "os",
    "io",
    "time",
    "subprocess",
    "tempfile",
    "shutil",
    "logging",
    "sqlite3",
}


def imports(path):
    """The modules that a file imports, those for type checkers alone left out."""
    tree = ast.parse(path.read_text("utf-8"))
    for node in ast.walk(tree):
        if isinstance(node, ast.If) and "TYPE_CHECKING" in ast.unparse(node.test):
            node.body = []
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield "." if node.level else node.module


def top(name):
    return name.partition(".")[0]


@pytest.mark.parametrize("module", CORE)
def test_the_core_imports_nothing_that_does_io(module):
    assert set() == {top(name) for name in imports(OVERLAY / f"{module}.py")} & DOES_IO


@pytest.mark.parametrize(
    ("library", "users"),
    [
        ("httpx", {"engine", "engine_aiohttp", "engines", "client", "async_client"}),
        ("aiohttp", {"engine_aiohttp", "aiohttp_manners"}),
    ],
)
def test_only_the_engines_and_the_clients_know_an_http_library(library, users):
    assert users == {path.stem for path in OVERLAY.glob("*.py") if library in map(top, imports(path))}


def test_one_module_builds_requests_with_the_generated_code():
    users = {
        path.stem
        for path in OVERLAY.glob("*.py")
        for name in imports(path)
        if name.startswith(("gptimage2_video_api.api", "gptimage2_video_api.models", "gptimage2_video_api.client"))
    }
    assert {"wire"} == users
    texts = [path.read_text("utf-8") for path in OVERLAY.glob("*.py")]
    assert [0] * len(texts) == [len(re.findall(r"sync_detailed|AuthenticatedClient", text)) for text in texts]


@pytest.mark.parametrize(
    ("package", "allowed"),
    [
        ("gptimage2_video_api", set()),
        ("gptimage2_video", {"gptimage2_video_api"}),
        ("gptimage2_video_cli", {"gptimage2_video"}),
        ("gptimage2_video_mock", set()),
    ],
)
def test_the_arrows_go_from_cli_to_overlay_to_generated_and_no_other_way(package, allowed):
    used = {top(name) for path in PACKAGES[package].rglob("*.py") for name in imports(path)} & PACKAGES.keys()
    assert set() == used - allowed - {package}


def test_the_cli_reaches_the_overlay_through_its_public_names_only():
    reached = {name for path in PACKAGES["gptimage2_video_cli"].rglob("*.py") for name in imports(path)}
    assert {"gptimage2_video"} == {name for name in reached if top(name) == "gptimage2_video"}


TWINS = {
    "AsyncVideoClient": "VideoClient",
    "AsyncEngine": "Engine",
    "OwnAsyncClient": "OwnClient",
    "AsyncClient": "Client",
    "__aenter__": "__enter__",
    "__aexit__": "__exit__",
    "aclosing": "closing",
    "aclose": "close",
    "aiter_bytes": "iter_bytes",
    "async_pause": "pause",
    "write_async": "write",
    "recall_async": "recall",
}


# The sync client has one engine, the async one a choice.
ENGINE = r", transport: TransportName='auto'|\n +http = http_client or .*|\n +self\._engine = .*"


def without_awaits(path, name):
    """The source of a class without its docstrings, without what async demands, and without its engine."""
    tree = ast.parse(path.read_text("utf-8"))
    found = next(node for node in tree.body if isinstance(node, ast.ClassDef) and node.name == name)
    for node in ast.walk(found):
        if isinstance(node, ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef) and ast.get_docstring(node):
            node.body = node.body[1:]
    text = re.sub(r"\b(await|async) |" + ENGINE, "", ast.unparse(found))
    return re.sub(r"\w+", lambda word: TWINS.get(word[0], word[0]), text)


@pytest.mark.parametrize(
    ("sync", "other"),
    [
        (("client", "VideoClient"), ("async_client", "AsyncVideoClient")),
        (("engine", "Engine"), ("engine", "AsyncEngine")),
        (("engine", "OwnClient"), ("engine", "OwnAsyncClient")),
    ],
)
def test_the_twins_differ_in_their_awaits_alone(sync, other):
    ours, theirs = (without_awaits(OVERLAY / f"{module}.py", name) for module, name in (sync, other))
    assert ours == theirs


def test_the_public_names_are_these():
    found = vars(gptimage2_video.errors) | vars(gptimage2_video.refusals)
    tree = {name for name, kind in found.items() if isinstance(kind, type) and issubclass(kind, Exception)}
    others = {
        *(
            "VideoClient",
            "AsyncVideoClient",
            "build_request",
            "ensure_affordable",
            "prepare",
            "PreparedRequest",
            "check",
            "quote",
            "Quote",
            "Violation",
            "Task",
            "TaskStatus",
        ),
        *("DurationEstimate", "EstimateStore", "InMemoryEstimates", "PollRateLimiter"),
        *("Journal", "JournalBudget", "Submission", "Totals", "SubmissionRecord", "Recorder", "SubmissionState"),
        *("Request", "RequestOptions", "TextToVideoRequest", "ImageToVideoRequest", "MODELS", "Model", "Price"),
    }
    assert sorted(tree | others) == sorted(gptimage2_video.__all__)


def test_every_public_name_can_be_had():
    assert [] == [name for name in gptimage2_video.__all__ if not hasattr(gptimage2_video, name)]


def test_a_name_that_is_not_there_is_an_attribute_error():
    with pytest.raises(AttributeError, match="has no attribute 'VideoClint'"):
        _ = gptimage2_video.VideoClint


@pytest.mark.parametrize(
    "statement", ["import gptimage2_video", "from gptimage2_video import check, quote, Task, APIError"]
)
def test_rules_and_prices_load_neither_an_http_library_nor_a_database(statement):
    heavy = ("httpx", "aiohttp", "anyio", "click", "sqlite3")
    program = f"import sys; {statement}; print([name for name in {heavy} if name in sys.modules])"
    plain = {name: value for name, value in os.environ.items() if not name.startswith("COVERAGE")}  # it uses sqlite3
    told = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True, env=plain)
    assert "[]\n" == told.stdout


@pytest.mark.parametrize("package", PACKAGES)
def test_every_package_says_that_it_is_typed(package):
    assert (PACKAGES[package] / "py.typed").is_file()
