"""The house keeps its shape: rooms, the way of the arrows, one seam to the generated code, twins, and its size."""

import ast
import functools
import os
import re
import subprocess
import sys
from collections import defaultdict
from graphlib import CycleError, TopologicalSorter

import pytest

import gptimage2_video
from support.paths import ROOT

PACKAGES = {
    "gptimage2_video_api": ROOT / "generated" / "gptimage2_video_api",
    "gptimage2_video": ROOT / "overlay" / "gptimage2_video",
    "gptimage2_video_cli": ROOT / "cli" / "gptimage2_video_cli",
    "gptimage2_video_mock": ROOT / "mock" / "gptimage2_video_mock",
}
OURS = ["gptimage2_video", "gptimage2_video_cli", "gptimage2_video_mock"]
OVERLAY = PACKAGES["gptimage2_video"]
DOES_IO = {
    *("httpx", "aiohttp", "anyio", "asyncio", "trio", "socket", "ssl", "select", "os", "io", "time", "sqlite3"),
    *("subprocess", "multiprocessing", "concurrent", "tempfile", "shutil", "logging", "platformdirs"),
}
CLIENTS = {"client", "async_client", "base_client"}


def modules(package):
    """The files of a package by the name that imports them."""
    folder = PACKAGES[package]
    names = {
        ".".join((package, *path.relative_to(folder).with_suffix("").parts)): path for path in folder.rglob("*.py")
    }
    return {name.removesuffix(".__init__"): path for name, path in names.items()}


MODULES = {name: path for package in PACKAGES for name, path in modules(package).items()}


def imports(name):
    """What a module imports, by absolute names: modules of ours, or the top of others. Not for type checkers alone."""
    path = MODULES[name]
    tree = ast.parse(path.read_text("utf-8"))
    for node in ast.walk(tree):
        if isinstance(node, ast.If) and "TYPE_CHECKING" in ast.unparse(node.test):
            node.body = []
    package = name if path.name == "__init__.py" else name.rpartition(".")[0]
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (owner(alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = package.split(".")[: len(package.split(".")) + 1 - node.level] if node.level else []
            module = ".".join([*base, *filter(None, [node.module])])
            yield from (owner(f"{module}.{alias.name}") for alias in node.names)


def owner(name):
    """The module of ours that a name is or is in; else the top of its package."""
    while name not in MODULES and "." in name:
        name = name.rpartition(".")[0]
    return name if name in MODULES else name.partition(".")[0]


@functools.cache
def targets(name):
    """The modules that a module of ours imports; none for any other."""
    return set(imports(name)) - {name} if name in MODULES else set()


def reached(name):
    """All that is imported with a module, through any import of ours, and with it the rooms on the way.

    Not through generated code, which imports httpx for clients that nobody calls: one module may use it, see below.
    """
    pending, reachable = [name], set()
    while pending:
        module = pending.pop()
        for target in () if module.startswith("gptimage2_video_api") else targets(module):
            room = target.rpartition(".")[0]
            new = {target, room if room in MODULES and "." in room else target} - reachable
            pending += new
            reachable |= new
    return reachable


def local(name):
    """The name within its package: `flow.submit`."""
    return name.partition(".")[2]


def room(name):
    """The folder of a module below its package; empty for a file at the top."""
    path = MODULES[name]
    folder = PACKAGES[name.partition(".")[0]]
    return path.relative_to(folder).parts[0] if path.parent != folder else ""


def at_top(package):
    return [name for name in modules(package) if not room(name)]


def circle(graph):
    """One circle of a graph; None where there is none."""
    try:
        TopologicalSorter(graph).prepare()
    except CycleError as error:
        return error.args[1]


VALUES = [name for name in at_top("gptimage2_video") if local(name) not in CLIENTS]
VALUE_NAMES = {local(name) for name in VALUES} - {""}
SANS_IO = [name for name in modules("gptimage2_video") if room(name) in ("flow", "polling")]
RECORDS = ["gptimage2_video.journal", "gptimage2_video.journal.record"]
DATABASE = {f"gptimage2_video.journal.{name}" for name in ("store", "sqlite", "budget")}


class TestCore:
    """The values, the flows and what they record decide everything and do no I/O."""

    @pytest.mark.parametrize("name", [*VALUES, *SANS_IO, *RECORDS])
    def test_it_reaches_nothing_that_does_io(self, name):
        assert set() == reached(name) & DOES_IO

    def test_only_transport_journal_and_the_clients_import_what_does_io(self):
        users = {name for name in modules("gptimage2_video") if targets(name) & DOES_IO}
        allowed = {
            f"gptimage2_video.{name}" for name in (*CLIENTS, "journal.store", "journal.sqlite", "journal.budget")
        }
        assert set() == {name for name in users - allowed if room(name) not in ("transport", "notebook")}

    @pytest.mark.parametrize("library", ["httpx", "aiohttp"])
    def test_only_transport_and_the_clients_know_an_http_library(self, library):
        users = {name for name in modules("gptimage2_video") if library in targets(name)}
        assert users
        assert set() == {name for name in users if room(name) != "transport" and local(name) not in CLIENTS}


class TestArrows:
    """They point one way, without a circle, at the scale of files, of rooms and of packages."""

    @pytest.mark.parametrize("package", OURS)
    def test_no_circle_of_files(self, package):
        files = modules(package)
        assert None is circle({name: targets(name) & files.keys() for name in files})

    @pytest.mark.parametrize("package", OURS)
    def test_no_circle_of_rooms(self, package):
        """Rooms are the folders below a package. Its top files stand above and below them, and are left out."""
        rooms = defaultdict(set)
        for name in modules(package):
            rooms[room(name)] |= {room(target) for target in targets(name) & modules(package).keys()} - {room(name)}
        del rooms[""]
        assert None is circle({name: targets - {""} for name, targets in rooms.items()})

    @pytest.mark.parametrize(
        ("package", "allowed"),
        [
            ("gptimage2_video_api", set()),
            ("gptimage2_video", {"gptimage2_video_api"}),
            ("gptimage2_video_cli", {"gptimage2_video"}),
            ("gptimage2_video_mock", set()),
        ],
    )
    def test_they_go_from_cli_to_overlay_to_generated_and_no_other_way(self, package, allowed):
        used = {target.partition(".")[0] for name in modules(package) for target in targets(name)} & PACKAGES.keys()
        assert set() == used - allowed - {package}

    def test_the_cli_reaches_the_overlay_through_its_public_names_only(self):
        # The last for what surely was not sent, and for which way a request would take.
        rooms = ("journal", "polling", "budget", "transport.httpx", "transport.network")
        public = {"gptimage2_video", *(f"gptimage2_video.{name}" for name in rooms)}
        used = {target for name in modules("gptimage2_video_cli") for target in targets(name)}
        assert set() == {target for target in used if target.partition(".")[0] == "gptimage2_video"} - public

    @pytest.mark.parametrize(
        ("name", "allowed"),
        [
            ("flow", {"flow", "polling", "journal.record", *VALUE_NAMES}),
            ("transport", {"transport", "effects", "settings", "errors"}),
            ("polling", {"polling", "effects", "settings"}),
            ("journal", {"journal", "polling", "transport.threads", *VALUE_NAMES}),
            ("notebook", {"notebook", "task"}),
        ],
    )
    def test_a_room_of_the_overlay_imports_what_is_below_it(self, name, allowed):
        ours = modules("gptimage2_video")
        used = {local(target) for source in ours if room(source) == name for target in targets(source) & ours.keys()}
        assert set() == {target for target in used if not {target, target.partition(".")[0]} & allowed}

    def test_nothing_of_the_overlay_imports_a_client_but_its_twin(self):
        ours = modules("gptimage2_video")
        users = {
            (local(name), local(used))
            for name in ours
            for used in targets(name) & ours.keys()
            if local(used) in CLIENTS
        }
        assert {source for source, _ in users} <= CLIENTS

    def test_one_module_builds_requests_with_the_generated_code(self):
        generated = {f"gptimage2_video_api.{name}" for name in ("api", "models", "client")}
        users = {
            local(name)
            for name in modules("gptimage2_video")
            for target in targets(name)
            if ".".join(target.split(".")[:2]) in generated
        }
        assert {"flow.requests"} == users
        texts = [path.read_text("utf-8") for path in modules("gptimage2_video").values()]
        assert [0] * len(texts) == [len(re.findall(r"sync_detailed|AuthenticatedClient", text)) for text in texts]


def lines(paths):
    return sum(len(path.read_text("utf-8").splitlines()) for path in paths)


class TestBounds:
    def test_the_overlay_does_not_grow(self):
        """It may only become smaller: 3,500 lines are the aim, and this number follows it down."""
        assert lines(modules("gptimage2_video").values()) <= 5005

    def test_what_a_newcomer_reads_first_is_smaller(self):
        assert lines(MODULES[name] for name in modules("gptimage2_video") if room(name) in ("", "flow")) <= 2720

    def test_its_top_is_seen_at_a_glance(self):
        assert len(at_top("gptimage2_video")) <= 18

    @pytest.mark.parametrize(("page", "most"), [("README.md", 150), ("ARCHITECTURE.md", 80)])
    def test_a_page_is_short(self, page, most):
        assert lines([ROOT / page]) <= most


TWINS = {
    "AsyncVideoClient": "VideoClient",
    "AsyncHttpxTransport": "HttpxTransport",
    "AsyncBackend": "Backend",
    "AsyncRoutes": "Routes",
    "_AsyncRoutes": "_Routes",
    "AsyncHTTPTransport": "HTTPTransport",
    "AsyncBaseTransport": "BaseTransport",
    "handle_async_request": "handle_request",
    "AsyncStream": "Stream",
    "trace_async": "trace",
    "AsyncClient": "Client",
    "__aenter__": "__enter__",
    "__aexit__": "__exit__",
    "aclosing": "closing",
    "aclose": "close",
    "aiter_bytes": "iter_bytes",
    "async_sleep": "sleep",
    "write_async": "write",
}
# The sync client has one transport, the async one a choice.
TRANSPORT = r", transport: TransportName='auto'|\n +(?:key|http) = .*|\n +self\._transport = .*"


def class_of(module, name):
    tree = ast.parse(MODULES[f"gptimage2_video.{module}"].read_text("utf-8"))
    return next(node for node in tree.body if isinstance(node, ast.ClassDef) and node.name == name)


def without_awaits(node):
    """The source of a class or method without docstrings, without what async demands, and without its transport."""
    for inner in ast.walk(node):
        if isinstance(inner, ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef) and ast.get_docstring(inner):
            inner.body = inner.body[1:]
    text = re.sub(r"\b(await|async) |" + TRANSPORT, "", ast.unparse(node))
    text = re.sub(r"\bin_thread\(([\w.]+)\)", r"\1()", text)
    return re.sub(r"\w+", lambda word: TWINS.get(word[0], word[0]), text)


def methods(module, name):
    return [node for node in class_of(module, name).body if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)]


class TestTwins:
    """They differ in their awaits alone."""

    def test_transports(self):
        sync, other = (class_of("transport.httpx", name) for name in ("HttpxTransport", "AsyncHttpxTransport"))
        assert without_awaits(sync) == without_awaits(other)

    @pytest.mark.parametrize("name", ["Backend", "Routes"])
    def test_connections(self, name):
        sync, other = (class_of("transport.connections", one) for one in (name, f"Async{name}"))
        assert without_awaits(sync) == without_awaits(other)

    def test_clients(self):
        """The async one has the sync one's own methods, awaited; and where it has one of its own, it is the same."""
        assigned = [node for node in class_of("async_client", "AsyncVideoClient").body if isinstance(node, ast.Assign)]
        awaited = {node.targets[0].id: ast.unparse(node.value) for node in assigned if isinstance(node.value, ast.Call)}
        assert {name: f"_awaited(VideoClient.{name})" for name in awaited} == awaited
        own = [without_awaits(node) for node in methods("async_client", "AsyncVideoClient")]
        theirs = [without_awaits(node) for node in methods("client", "VideoClient") if node.name not in awaited]
        assert theirs == own
        assert {"generate", "submit", "get", "wait", "download"} == awaited.keys()


PUBLIC = {
    *("VideoClient", "AsyncVideoClient", "build_request", "prepare", "PreparedRequest", "check", "quote", "Quote"),
    *(
        "Task",
        "SavedTask",
        "TaskStatus",
        "Journal",
        "Request",
        "RequestOptions",
        "TextToVideoRequest",
        "ImageToVideoRequest",
    ),
    *(
        "MODELS",
        "Model",
        "Note",
        "Price",
        "load_models",
        "FIELDS",
        "Field",
        "Violation",
        "VideoRequestWarning",
        "JournalWarning",
    ),
    *("VideoClientError", "InvalidRequest", "BudgetExceeded", "JournalFailed", "APIError", "BadRequest"),
    *("Unauthorized", "InsufficientCredits", "Forbidden", "TaskNotFound", "RateLimited", "ServerError"),
    *("ConnectionFailed", "UnexpectedReply", "SubmissionUncertain", "TaskFailed", "WaitTimeout", "DownloadFailed"),
}
ROOMS = {
    "journal": [
        *("Journal", "JournalBudget", "Recorder", "Submission", "SubmissionRecord", "SubmissionState", "Totals"),
        "storable_text",
    ],
    "polling": ["PollRateLimiter", "PollSchedule", "PollState", "SimilarTasks", "adaptive_schedule", "fixed_schedule"],
}


class TestPublicNames:
    def test_they_are_these(self):
        assert (44, sorted(PUBLIC)) == (len(gptimage2_video.__all__), sorted(gptimage2_video.__all__))

    def test_every_error_and_warning_is_among_them(self):
        tree = {name for name, value in vars(gptimage2_video.errors).items() if isinstance(value, type)}
        errors = {name for name in tree if issubclass(getattr(gptimage2_video.errors, name), Exception)}
        assert set() == {name for name in errors if not name.startswith("_")} - PUBLIC

    @pytest.mark.parametrize(("name", "names"), ROOMS.items())
    def test_those_of_a_room_are_these(self, name, names):
        exported = __import__(f"gptimage2_video.{name}", fromlist=["*"])
        assert (names, []) == (sorted(exported.__all__), [name for name in names if not hasattr(exported, name)])

    def test_every_one_can_be_had(self):
        assert [] == [name for name in gptimage2_video.__all__ if not hasattr(gptimage2_video, name)]

    @pytest.mark.parametrize("module", ["gptimage2_video", "gptimage2_video.journal"])
    def test_a_name_that_is_not_there_is_an_attribute_error(self, module):
        with pytest.raises(AttributeError, match="has no attribute 'VideoClint'"):
            _ = sys.modules[module].VideoClint


REQUEST = {"prompt": "A cup", "model": "veo3", "inputMode": "text_to_video"}


@pytest.mark.process
@pytest.mark.parametrize(
    "statement",
    [
        "import gptimage2_video",
        "from gptimage2_video import check, quote, Task, APIError",
        f"from gptimage2_video import check, quote; check({REQUEST}); quote({REQUEST})",
        f"from gptimage2_video import prepare; prepare({REQUEST})",
        "from gptimage2_video import polling, budget, journal",
    ],
)
def test_rules_and_prices_load_neither_an_http_library_nor_an_event_loop_nor_a_database(statement):
    heavy = ("httpx", "aiohttp", "anyio", "asyncio", "click", "sqlite3")
    program = f"import sys; {statement}; print([name for name in {heavy} if name in sys.modules])"
    plain = {name: value for name, value in os.environ.items() if not name.startswith("COVERAGE")}  # it uses sqlite3
    process = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True, env=plain)
    assert "[]\n" == process.stdout


@pytest.mark.parametrize("package", PACKAGES)
def test_every_package_says_that_it_is_typed(package):
    assert (PACKAGES[package] / "py.typed").is_file()
