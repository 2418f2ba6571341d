"""Small made-up forces for the simulator's tests."""

from typing import Any

import numpy as np

from condotta.simulation import engine
from condotta.simulation.chance import key_of
from condotta.simulation.engine import COLUMNS, columns_of
from condotta.simulation.force import STATES, Force, muster
from condotta.simulation.parameters import rules

QUIET = {"exit_home": 0.0, "exit_training": 0.0, "exit_theatre": 0.0, "unit_chance": 0.0, "pressure": 0.0}


class World:
    """A run: the force at its end, and series of the side by name."""

    def __init__(self, values: dict[str, float] | None = None, off: tuple[str, ...] = (), sizes: tuple[int, ...] = (1500, 500), weeks: int = 40,
                 demand: float = 30.0, orders: float = 0.0, intensity: float = 1.0, seed: int = 3, ties: Any = None, force: Force | None = None) -> None:  # fmt: skip
        r = rules(values, off)
        shares = np.array(sizes) / sum(sizes)
        weekly = np.ones((weeks, 1))
        policy = engine.Policy(demand * weekly * shares, orders * weekly * shares, np.full(weeks, intensity))
        self.force = force or muster(sizes, r, seed, 0, ties)
        self.state = engine.run(self.force, key_of(seed, 0), r, policy, engine.before(sizes, r, weeks))
        self.record, self.world = self.state.record, self.state.world

    def stock(self, name: str) -> np.ndarray:
        """(week,) men in a state."""
        return self.record[..., STATES.index(name)].sum(axis=1)

    def total(self, name: str) -> np.ndarray:
        """(week,) total of an event."""
        return self.record[..., columns_of(name)[0]].sum(axis=1)

    def left_for(self, cause: str) -> int:
        """Exits by the end with this cause."""
        return int(self.record[-1, :, COLUMNS.index(f"left for {cause}")].sum())

    @property
    def exits(self) -> int:
        """Men who refused, fled or defected by the end."""
        names = ("refused", "fled", "defected", "defected in training", "defected in theatre")
        return int(sum(self.total(n)[-1] for n in names))
