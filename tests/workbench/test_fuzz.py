"""The API fuzzed from its own description: whatever comes, no fault of the program, and every answer is as described."""

from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from seats import Seat

schemathesis = pytest.importorskip("schemathesis")
_WORK = ("/api/simulations", "/api/checks", "/api/documents", "/api/jobs", "/api/estimates/without")


def _operations(seat: Seat) -> Iterator[Any]:
    """What the description holds, but for what begins work in a process or never ends."""
    for found in schemathesis.openapi.from_dict(seat.get("/api/openapi.json").json()).get_all_operations():
        operation = found.ok()
        if operation.path != "/api/events" and not (operation.method == "post" and operation.path in _WORK):
            yield operation


@pytest.mark.filterwarnings("ignore")
def test_the_api_stands_what_is_thrown_at_it(seat: Seat) -> None:
    seen = set()
    for operation in _operations(seat):

        @settings(
            max_examples=15, deadline=None, derandomize=True, database=None, phases=[Phase.generate],
            suppress_health_check=list(HealthCheck),
        )  # fmt: skip
        @given(case=operation.as_strategy())
        def thrown(case: Any) -> None:
            sent = case.as_transport_kwargs(base_url="http://127.0.0.1")
            headers = {k: v for k, v in dict(sent.get("headers") or {}).items() if k.lower() != "cookie"} | seat.form
            given = {k: sent[k] for k in ("params", "json", "data") if sent.get(k) is not None}
            if isinstance(given.get("data"), bytes | str):
                given["content"] = given.pop("data")
            told = seat.client.request(sent["method"], sent["url"], headers=headers, follow_redirects=False, **given)
            assert told.status_code < 500, told.text
            described = {int(s) for s in case.operation.definition.raw["responses"]}
            assert told.status_code in described | {405}, (case.operation.label, told.status_code, told.text)
            if told.status_code >= 400:
                assert told.json()["code"].startswith("E-")

        thrown()
        seen.add(operation.label)
    assert len(seen) >= 20
