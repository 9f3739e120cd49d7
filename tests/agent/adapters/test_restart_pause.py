"""The pause before a child is started again."""

from agent.adapters.restart_pause import RestartPause


def test_it_doubles_up_to_its_most() -> None:
    pause = RestartPause(first_s=0.5, most_s=3, healthy_s=60)
    assert [pause.after(1) for _ in range(5)] == [0.5, 1, 2, 3, 3]


def test_a_healthy_life_starts_it_over() -> None:
    pause = RestartPause(first_s=0.5, most_s=10, healthy_s=60)
    assert [pause.after(lived_s) for lived_s in (0, 0, 59.9, 60, 0)] == [0.5, 1, 2, 0.5, 1]
