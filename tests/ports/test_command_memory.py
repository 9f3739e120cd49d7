"""What every command memory promises, asked of the simulated one and of the file."""

from collections.abc import Callable
from pathlib import Path

import pytest

from agent.adapters.command_file import KEPT, CommandFile
from agent.adapters.simulated.command_memory import SimulatedCommandMemory
from agent.ports.command_memory import CommandMemory, CommandMemoryError

FIRST, SECOND = "a" * 32, "b" * 32


@pytest.fixture(params=["simulated", "file"])
def memory(request: pytest.FixtureRequest, tmp_path: Path) -> CommandMemory:
    makes: dict[str, Callable[[], CommandMemory]] = {
        "simulated": SimulatedCommandMemory,
        "file": lambda: CommandFile(tmp_path / "commands"),
    }
    return makes[request.param]()


def test_each_is_begun_once(memory: CommandMemory) -> None:
    assert [memory.begin(one) for one in (FIRST, SECOND, FIRST, SECOND)] == [True, True, False, False]


def test_a_file_remembers_over_a_restart_whatever_line_was_cut(tmp_path: Path) -> None:
    path = tmp_path / "commands"
    assert CommandFile(path).begin(FIRST)
    with path.open("a") as file:
        file.write(SECOND[:7])
    again = CommandFile(path)
    assert [again.begin(one) for one in (FIRST, SECOND)] == [False, True]
    assert not CommandFile(path).begin(SECOND)


def test_a_file_does_not_grow_for_ever(tmp_path: Path) -> None:
    path = tmp_path / "commands"
    path.write_text("".join(f"{number:032x}\n" for number in range(2 * KEPT + 1)))
    memory = CommandFile(path)
    assert not memory.begin(f"{2 * KEPT:032x}")
    assert len(path.read_text().splitlines()) == KEPT


def test_a_disk_that_does_not_take_it_is_an_error_and_nothing_is_begun(tmp_path: Path) -> None:
    path = tmp_path / "gone" / "commands"
    memory = CommandFile(path)
    with pytest.raises(CommandMemoryError):
        memory.begin(FIRST)
    path.parent.mkdir()
    assert memory.begin(FIRST)
