"""The model against its second writing in JAX: the same log density, whatever is asked of it."""

import pytest
from evaluation.estimation import oracle, worlds

from condotta.estimation.sampling import bind, prior_draws
from condotta.randomness import stream


@pytest.mark.parametrize("size", [(1, 30, 40), (4, 60, 150)])
def test_log_density_is_that_of_the_oracle(size: tuple[int, int, int]) -> None:
    world = worlds.template(*size)
    assert {o.klass for o in world.observations} >= {"headcount", "casualty"}
    a = worlds.reported(world, worlds.truth(world, 3), stream(3, "reports"))
    for z in 0.7 * prior_draws(a, stream(4, "z"), 3):
        assert bind(a)(z)[0] == pytest.approx(oracle.log_density(a, z), rel=1e-10)


def test_templates_hold_every_kind_of_claim() -> None:
    world = worlds.template(4, 60, 400)
    assert any(o.part for o in world.observations)
    assert any(o.klass == "money" for o in world.observations)
    assert any(len(o.readings) > 1 for o in world.observations)
    assert any(r.start is not None for o in world.observations for r in o.readings)
    assert (world.layout.form == 1).any()
