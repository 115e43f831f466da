"""A PostgreSQL server of a test's own, from the programs of this machine; it listens on loopback only."""

import glob
import os
import shutil
import socket
import subprocess
import tempfile
from pathlib import Path
from typing import Self


def programs() -> Path | None:
    """The folder of initdb and pg_ctl; None where there is no PostgreSQL. Debian keeps them off the PATH."""
    found = shutil.which("initdb")
    folders = sorted(glob.glob("/usr/lib/postgresql/*/bin"), key=lambda path: float(Path(path).parent.name))  # noqa: PTH207  (an absolute pattern)
    return Path(found).resolve().parent if found else Path(folders[-1]) if folders else None


class Postgres:
    """As a context manager it is there, with a new and empty database; `stop` and `start` take it away meanwhile."""

    def __init__(self) -> None:
        folder = programs()
        assert folder is not None
        self._programs = folder
        with socket.create_server(("127.0.0.1", 0)) as listener:
            self._port = listener.getsockname()[1]
        self.url = f"postgresql://postgres:hush-hush@127.0.0.1:{self._port}/postgres"

    def __enter__(self) -> Self:
        self._folder = Path(tempfile.mkdtemp(prefix="postgres-"))
        if os.geteuid() == 0:  # which PostgreSQL refuses to run as
            import pwd  # here, as Windows has none

            os.chown(self._folder, pwd.getpwnam("postgres").pw_uid, -1)
        password = self._folder / "password"
        password.write_text("hush-hush\n")
        password.chmod(0o644)
        self._run("initdb", "--auth=scram-sha-256", "--username=postgres", f"--pwfile={password}", "--no-sync")
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._run("pg_ctl", "stop", "-m", "immediate", check=False)
        shutil.rmtree(self._folder)

    def start(self) -> None:
        settings = (
            f"-p {self._port} -c listen_addresses=127.0.0.1 -c unix_socket_directories={self._folder} -c fsync=off"
        )
        self._run("pg_ctl", "start", "-w", "-l", str(self._folder / "log"), "-o", settings)

    def stop(self) -> None:
        """As a crash would, every connection broken."""
        self._run("pg_ctl", "stop", "-m", "immediate")

    def _run(self, program: str, *arguments: str, check: bool = True) -> None:
        command = [str(self._programs / program), "-D", str(self._folder / "data"), *arguments]
        if os.geteuid() == 0:
            command = ["setpriv", "--reuid=postgres", "--regid=postgres", "--clear-groups", *command]
        done = subprocess.run(
            command, cwd=self._folder, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True, timeout=120
        )
        assert not (check and done.returncode), done.stderr
