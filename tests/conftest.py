"""Where tests write, and what may be skipped.

Files lie in memory where there is room: most tests are about what is written, few about the disk below it.
In CI a test that is skipped is a part that is missing.
"""

import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import pytest
from hypothesis import HealthCheck, settings

_MEMORY: Final = Path("/dev/shm")  # noqa: S108  (a folder of one's own is made in it)
_ROOM: Final = 2 * 1024**3

# How long an example takes is the machine's business: a busy one is no error.
settings.register_profile(
    "any machine", settings(), deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
settings.load_profile("any machine")

_skipped: list[str] = []
_own: list[Path] = []


def pytest_configure(config: pytest.Config) -> None:
    """Before the workers begin, which write where this process does."""
    named = "TMPDIR" in os.environ or config.getoption("basetemp")
    if hasattr(config, "workerinput") or named or not os.access(_MEMORY, os.W_OK):
        return
    if shutil.disk_usage(_MEMORY).free >= _ROOM:
        _own.append(Path(tempfile.mkdtemp(prefix="kaiku-tests-", dir=_MEMORY)))
        # PostgreSQL's user has to get through to its own folder.
        _own[0].chmod(0o711)
        os.environ["TMPDIR"] = str(_own[0])
        tempfile.tempdir = None


def pytest_unconfigure() -> None:
    for folder in _own:
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture
def disk_path() -> Iterator[Path]:
    """As ``tmp_path``, where a kiosk may keep what it must not forget."""
    with tempfile.TemporaryDirectory(prefix="kaiku-tests-", dir="/var/tmp") as folder:
        yield Path(folder)


def pytest_runtest_logreport(report: pytest.TestReport) -> None:
    """Told to the process that sums up, whichever one ran the test."""
    if report.skipped and not hasattr(report, "wasxfail"):
        _skipped.append(report.nodeid)


def pytest_sessionfinish(session: pytest.Session, exitstatus: int) -> None:
    if os.environ.get("CI") and _skipped and exitstatus == pytest.ExitCode.OK:
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    if os.environ.get("CI") and _skipped:
        terminalreporter.section("skipped in CI, where nothing may be")
        for name in _skipped:
            terminalreporter.line(name)
