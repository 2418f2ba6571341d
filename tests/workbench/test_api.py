"""The API: claims, judgements, documents, estimates; what is refused, with which code; nothing entered twice or lost."""

import time
from pathlib import Path
from typing import Any

import pytest
from seats import MONITOR, Seat

from condotta import pipeline
from condotta.ledger.log import head


def _claim(seat: Seat, **facets: str) -> dict[str, Any]:
    found = seat.get("/api/claims", params=facets).json()["claims"]
    assert found
    return dict(found[0])


def _finished(seat: Seat, job: dict[str, Any], seconds: float = 120) -> dict[str, Any]:
    for _ in range(int(seconds * 5)):
        told: dict[str, Any] = seat.get(f"/api/jobs/{job['id']}").json()
        if told["state"] in ("done", "failed", "cancelled"):
            return told
        time.sleep(0.2)
    raise AssertionError(f"{job} has not ended")


def test_claims_come_by_facets_with_their_counts(seat: Seat) -> None:
    told = seat.get("/api/claims", params={"measure": "killed"}).json()
    assert told["count"] == 2 and {c["measure"] for c in told["claims"]} == {"killed"}
    measures = {f["value"]: f["count"] for f in told["facets"]["measure"]}
    assert measures["killed"] == 2 and measures["arrived"] == 2  # a facet is counted without its own filter
    assert {f["value"] for f in told["facets"]["kind"]} == {"count"}
    assert seat.get("/api/claims", params={"text": "front TOWN 343"}).json()["count"] == 1
    assert seat.get("/api/claims", params={"text": "100%_"}).json()["count"] == 0
    csv = seat.get("/api/claims.csv", params={"measure": "killed"})
    assert csv.headers["content-type"].startswith("text/csv") and csv.text.count("\r\n") == 3


def test_a_judgement_is_entered_corrected_and_taken_back(seat: Seat, case: Path) -> None:
    claim = _claim(seat, measure="killed", text="343")
    path = f"/api/claims/{claim['id']}"
    told = seat.post(
        f"{path}/judgements", {"verdict": "corrected", "why": "a slip", "change": {"low": 434, "high": 434}, "seen": 0}
    )
    assert (
        told.status_code == 200
        and told.json()["claim"]["amount"]["low"] == 434
        and told.json()["claim"]["status"] == "corrected"
    )
    assert [c.amount.low for c in pipeline.claims(case, measure="killed") if c.id == claim["id"] and c.amount] == [434]
    number = told.json()["judgement"]["number"]
    back = seat.post(f"/api/judgements/{number}/taken-back", {"why": "it was right"}).json()
    assert back["claim"]["status"] in ("open", "unsure") and back["claim"]["amount"]["low"] == 343
    assert [j["verdict"] for j in seat.get(path).json()["judgements"]] == ["corrected", "taken back"]
    again = seat.post(f"/api/judgements/{number}/taken-back", {"why": "twice"})
    assert (again.status_code, again.json()["code"]) == (409, "E-LED-08")


def test_a_judgement_on_a_claim_judged_meanwhile_is_refused_and_told(seat: Seat, case: Path) -> None:
    claim = _claim(seat, measure="killed")
    pipeline.judge(case, claim["id"], "rejected", "seen in the print edition", by="colleague")
    told = seat.post(
        f"/api/claims/{claim['id']}/judgements", {"verdict": "accepted", "why": "fine", "seen": claim["revision"]}
    )
    assert (told.status_code, told.json()["code"]) == (409, "E-LED-07") and "colleague" in told.json()["what"]
    assert [j["verdict"] for j in seat.get(f"/api/claims/{claim['id']}").json()["judgements"]] == ["rejected"]
    entered = seat.post(f"/api/claims/{claim['id']}/judgements", {"verdict": "accepted", "why": "fine all the same"})
    assert entered.status_code == 200


def test_a_correction_offers_the_claims_alike(seat: Seat, case: Path) -> None:
    claim = _claim(seat, measure="killed", text="343")
    words = [
        c
        for c in pipeline.claims(case)
        if c.group_text == claim["group_text"] and c.id != claim["id"] and c.kind == "count"
    ]
    group = next(iter(pipeline.load_case(case).groups))
    told = seat.post(
        f"/api/claims/{claim['id']}/judgements",
        {"verdict": "corrected", "why": "that group", "change": {"group": group}},
    ).json()
    assert {c["id"] for c in told["alike"]} == {c.id for c in words} and words
    ids = [{"id": c["id"], "seen": c["revision"]} for c in told["alike"]]
    stale = [*ids[:-1], {"id": ids[-1]["id"], "seen": 7}]
    refused = seat.post(
        "/api/judgements", {"claims": stale, "verdict": "corrected", "why": "alike", "change": {"group": group}}
    )
    assert refused.status_code == 409  # all of them or none
    assert seat.get("/api/judgements").json()["count"] == 1
    done = seat.post(
        "/api/judgements", {"claims": ids, "verdict": "corrected", "why": "alike", "change": {"group": group}}
    )
    assert len(done.json()["judgements"]) == len(ids)


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({"verdict": "perhaps", "why": "x"}, "E-WEB-06"),
        ({"verdict": "accepted"}, "E-WEB-06"),
        ({"verdict": "corrected", "why": "x", "change": {"low": "many"}}, "E-LED-06"),
        ({"verdict": "corrected", "why": "x", "change": {"colour": "blue"}}, "E-LED-06"),
        ({"verdict": "corrected", "why": "x", "change": {"group": "Nobody's Own"}}, "E-WEB-06"),
        ({"verdict": "corrected", "why": "x", "change": {"low": 5, "high": 2}}, "E-LED-06"),
    ],
)
def test_a_bad_judgement_says_what_is_wrong_and_is_not_kept(seat: Seat, body: dict[str, Any], code: str) -> None:
    claim = _claim(seat, measure="killed")
    told = seat.post(f"/api/claims/{claim['id']}/judgements", body)
    assert (told.status_code, told.json()["code"]) in ((400, code), (422, code))
    assert seat.get("/api/judgements").json()["count"] == 0


def test_a_claim_added_by_hand_outlives_a_new_reading(seat: Seat, case: Path) -> None:
    document = _claim(seat, text="343")["document"]
    text = seat.get(f"/api/documents/{document}").json()["text"]
    start = text.index("Over 900 recruits")
    given = {
        "start": start,
        "end": start + 17,
        "measure": "in training",
        "aspect": "stock",
        "low": 900,
        "qualifier": "more than",
        "source": "activists",
    }
    made = seat.post(f"/api/documents/{document}/claims", given).json()["claim"]
    assert (
        made["quote"] == "Over 900 recruits" and made["by"].startswith("added by") and made["chain"][-1] == "activists"
    )
    with pipeline.ledger(case) as store:
        store.save_reading(document, "another reader", [])
    assert [c.id for c in pipeline.claims(case, document=document)] == [made["id"]]
    beyond = seat.post(f"/api/documents/{document}/claims", given | {"start": 10**6, "end": 10**6 + 5})
    assert beyond.json()["code"] == "E-LED-06"


def test_private_names_are_masked_and_cannot_be_claimed(seat: Seat) -> None:
    document = _claim(seat, text="343")["document"]
    told = seat.get(f"/api/documents/{document}").json()
    assert "Haddad" not in seat.get(f"/documents/{document}").text and "Haddad" not in str(told)
    start = told["text"].index("█")
    refused = seat.post(
        f"/api/documents/{document}/claims", {"start": start - 10, "end": start + 3, "measure": "refused"}
    )
    assert refused.json()["code"] == "E-LED-06" and "private" in refused.json()["what"]
    for claim in told["claims"]:
        assert claim["by"].startswith("table") or claim["quote"] == MONITOR[claim["start"] : claim["end"]]


def test_files_are_taken_in_and_read_and_a_bad_one_takes_no_other_with_it(seat: Seat, case: Path) -> None:
    good = MONITOR.replace("343", "351").replace("3 June", "9 June")
    files = [("files", ("../../new.txt", good.encode())), ("files", ("broken.pdf", b"%PDF-1.4 nothing"))]
    job = seat.client.post("/api/documents", files=files, headers=seat.form).json()["job"]
    told = _finished(seat, job)
    assert told["state"] == "done" and len(told["result"]["documents"]) == 1 and told["result"]["read"] > 0
    assert [f["name"] for f in told["failures"]] == ["broken.pdf"] and told["failures"][0]["code"].startswith("E-DOC")
    assert seat.get("/api/claims", params={"text": "351"}).json()["count"] == 1
    assert list((case / "inbox").iterdir()) == [] and not (case.parent / "new.txt").exists()


def test_files_left_by_a_server_that_died_are_taken_in_by_the_next(case: Path) -> None:
    from starlette.testclient import TestClient

    from condotta.workbench import Options, application

    box = case / "inbox" / "left"
    box.mkdir(parents=True)
    (box / "late.txt").write_text(MONITOR.replace("343", "377"), encoding="utf-8")
    with TestClient(application(case, Options(tokens=["t"])), base_url="http://127.0.0.1") as client:
        client.get("/enter?token=t")
        seat = Seat(client, {})
        _finished(seat, seat.get("/api/jobs").json()["jobs"][0])
        assert seat.get("/api/claims", params={"text": "377"}).json()["count"] == 1


def test_a_grade_is_written_into_the_case_and_its_history_kept(seat: Seat, case: Path) -> None:
    source, spec = next((n, s) for n, s in pipeline.load_case(case).sources.items())
    grade = "A" if spec.grade != "A" else "C"
    before = (case / "case.yaml").read_text(encoding="utf-8")
    assert seat.post(f"/api/sources/{source}/grade", {"grade": grade, "why": "an audit"}).status_code == 200
    after = (case / "case.yaml").read_text(encoding="utf-8")
    assert pipeline.load_case(case).sources[source].grade == grade
    assert [line for line in before.splitlines() if "#" in line] == [line for line in after.splitlines() if "#" in line]
    history = seat.get("/api/sources").json()
    assert history.get("history", [{}])[-1].get("why") == "an audit" or history["code"] == "E-WEB-10"


def test_why_gives_the_runners_up(seat: Seat) -> None:
    claim = _claim(seat, measure="killed", text="343")
    told = seat.get(f"/api/claims/{claim['id']}/why").json()
    assert told["measures"][0][0] == "killed" and len(told["measures"]) == 3
    assert sum(p for _, p in told["measures"]) <= 1.001 and "roles" not in told
    assert any("First Division" in g for g, _ in told["groups"])


def test_every_page_opens(seat: Seat) -> None:
    from condotta.workbench.pages.shape import PAGES

    for path, name in PAGES:
        told = seat.get(path)
        assert told.status_code == 200 and f">{name}</a>" in told.text, path
    missing = seat.get("/documents/D0")
    assert missing.status_code == 404 and "E-LED-03" in missing.text
    assert seat.get("/nothing").status_code == 404 and seat.get("/api/nothing").json()["code"] == "E-WEB-09"
    assert seat.get("/claims?first=-1").status_code == 422


def test_the_log_shows_everything_that_was_done_newest_first(seat: Seat, case: Path) -> None:
    claim = _claim(seat, measure="killed")
    seat.post(f"/api/claims/{claim['id']}/judgements", {"verdict": "accepted", "why": "two lists agree"})
    with pipeline.ledger(case) as store:
        number, seal = head(store)
    html = seat.get("/history/log").text
    first = html.index("<tbody>")
    assert html.index(f'<td class="n">{number}</td>') == html.index('<td class="n">', first)
    assert f'title="{seal}"' in html and claim["id"] in html and "accepted" in html and "received" in html
    judged = seat.get("/history/log", params={"what": "judged"}).text
    assert judged.count("<td>judged</td>") == 1 and "<td>received</td>" not in judged
    assert "Nothing yet" in seat.get("/history/log", params={"what": "forged"}).text


def test_work_that_cannot_be_done_says_why(seat: Seat) -> None:
    asked = {"group": "First Division", "measure": "killed", "without": ["the army"]}
    anew = _finished(seat, seat.post("/api/estimates/without", asked).json()["job"])
    made = _finished(seat, seat.post("/api/jobs", {"verb": "reconcile"}).json()["job"])
    assert [j["failures"][0]["code"] for j in (anew, made)] == ["E-EST-01", "E-EST-01"]
    run = seat.post("/api/simulations", {"scenario": "paid-in-fall"}).json()
    assert run["code"] == "E-SIM-03" and "paid-in-full" in run["near"]
    assert seat.post("/api/simulations", {"changes": {"cut": 7}}).json()["code"] == "E-SIM-02"
    assert seat.post("/api/jobs/J99/cancelled").json()["code"] == "E-WEB-09"


def test_what_says_nothing_is_alike_to_nothing(seat: Seat, case: Path) -> None:
    claim = next(c for c in seat.get("/api/claims").json()["claims"] if c["kind"] == "count" and not c["place"])
    told = seat.post(
        f"/api/claims/{claim['id']}/judgements",
        {"verdict": "corrected", "why": "so", "change": {"place": "Front Town"}},
    )
    assert told.json()["alike"] == []


def test_a_document_that_is_not_read_shows_no_text_and_takes_no_claim(seat: Seat, case: Path, tmp_path: Path) -> None:
    late = tmp_path / "late.txt"
    late.write_text(
        "A fighter named Omar Haddad\n\nA fighter named Omar Haddad said that 70 men had fled.", encoding="utf-8"
    )
    id = pipeline.add(case, [late]).documents[0]
    for path in (f"/documents/{id}", f"/api/documents/{id}", "/documents", "/api/documents"):
        assert "Haddad" not in seat.get(path).text
    told = seat.post(f"/api/documents/{id}/claims", {"start": 30, "end": 60, "measure": "fled"})
    assert told.json()["code"] == "E-LED-06" and "not been read" in told.json()["what"]
    pipeline.read(case)
    assert "Haddad" not in seat.get("/documents").text and "██████" in seat.get("/documents").text


def test_rows_that_were_judged_stay_judged_when_the_spreadsheet_comes_again(
    seat: Seat, case: Path, tmp_path: Path
) -> None:
    table = tmp_path / "figures.csv"
    table.write_text(
        "reported,as_of,outlet,source,measure,low,high,group\n2020-06-01,2020-06-01,Paper,Army,killed,40,40,First Division\n2020-06-02,2020-06-02,Paper,Army,killed,50,50,First Division\n",
        encoding="utf-8",
    )
    assert pipeline.add(case, [table]).claims == 2
    rows = [c for c in pipeline.claims(case) if c.by.startswith("table")]
    pipeline.judge(case, rows[0].id, "rejected", "no")
    pipeline.judge(
        case, rows[1].id, "corrected", "a slip", change=pipeline.change_of(case, rows[1].id, {"low": 55, "high": 55})
    )
    with table.open("a", encoding="utf-8") as out:
        out.write("2020-06-03,2020-06-03,Paper,Army,killed,60,60,First Division\n")
    assert pipeline.add(case, [table]).claims == 1
