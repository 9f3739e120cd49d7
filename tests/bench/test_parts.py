"""The bench says what it can measure."""

import subprocess
import sys

import pytest


@pytest.mark.parametrize("flag", ["--help", "-h"])
def test_help_names_the_parts(flag: str) -> None:
    said = subprocess.run(
        [sys.executable, "-m", "tests.bench", flag], capture_output=True, text=True, check=True
    )
    assert "light, catch-up, fill" in said.stdout
