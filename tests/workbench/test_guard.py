"""Who may ask what: tokens, sessions, roles, other sites, sizes, passwords; and the addresses that are not served."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa
from seats import Seat, form_of
from starlette.testclient import TestClient

from condotta import pipeline
from condotta.errors import UsageError, WorkbenchError
from condotta.ledger.accounts import set_account
from condotta.workbench import Address, Options, application, serve
from condotta.workbench.api.case import safe_name
from condotta.workbench.guard import Attempts, password_hash

BASE = "http://127.0.0.1"


def _team(case: Path) -> TestClient:
    with pipeline.ledger(case) as store:
        for name, role in (("ann", "admin"), ("ben", "analyst"), ("rea", "reader")):
            set_account(store, name, role, password_hash(f"{name}'s long password"))
    return TestClient(application(case, Options(team=True)), base_url=BASE)


def _sign_in(client: TestClient, name: str) -> Seat:
    client.cookies.clear()
    told = client.post("/login", data={"name": name, "password": f"{name}'s long password"})
    assert told.status_code == 200 and told.url.path == "/"
    return Seat(client, form_of(client))


def test_the_printed_address_works_once(case: Path) -> None:
    app = application(case, Options(tokens=["t0ken"]))
    with TestClient(app, base_url=BASE) as client:
        assert client.get("/claims").url.path == "/signed-out" and client.get("/api/claims").status_code == 401
        wrong = client.get("/enter?token=t0kem")
        assert wrong.status_code == 401 and "E-WEB-02" in wrong.text
        assert client.get("/enter?token=t0ken").url.path == "/"
        assert client.get("/claims").status_code == 200
        client.cookies.clear()
        assert client.get("/enter?token=t0ken").status_code == 401


def test_a_session_ends(seat: Seat, case: Path) -> None:
    with pipeline.ledger(case) as store, store.engine.begin() as db:
        db.execute(sa.text("UPDATE sessions SET until = :past"), {"past": datetime.now(UTC) - timedelta(seconds=1)})
    told = seat.get("/api/claims")
    assert (told.status_code, told.json()["code"]) == (401, "E-WEB-02")
    assert seat.get("/claims").url.path == "/signed-out"


def test_only_the_hash_of_a_cookie_is_kept(seat: Seat, case: Path) -> None:
    cookie = seat.client.cookies["condotta_session"]
    with pipeline.ledger(case) as store, store.engine.connect() as db:
        assert cookie not in str(db.execute(sa.text("SELECT * FROM sessions")).all())


def test_what_changes_something_needs_the_pages_token(seat: Seat) -> None:
    claim = seat.get("/api/claims").json()["claims"][0]["id"]
    body = {"verdict": "accepted", "why": "fine"}
    for headers in ({}, {"x-condotta-form": "guessed"}, seat.form | {"origin": "https://example.org"}):
        told = seat.client.post(f"/api/claims/{claim}/judgements", json=body, headers=headers)
        assert (told.status_code, told.json()["code"]) == (403, "E-WEB-03")
    assert (
        seat.client.post(f"/api/claims/{claim}/judgements", json=body, headers=seat.form | {"origin": BASE}).status_code
        == 200
    )


def test_another_host_is_not_answered(seat: Seat) -> None:
    told = seat.get("/api/claims", headers={"host": "evil.example"})
    assert (told.status_code, told.json()["code"]) == (400, "E-WEB-01")


def test_every_answer_carries_the_strict_headers(seat: Seat) -> None:
    for path in ("/", "/api/claims", "/static/desk.js", "/nothing", "/enter?token=wrong"):
        headers = seat.get(path).headers
        policy = headers["content-security-policy"]
        assert "script-src 'self';" in policy and "default-src 'none'" in policy and "unsafe-eval" not in policy
        assert headers["x-content-type-options"] == "nosniff" and headers["x-frame-options"] == "DENY"
        assert "server" not in headers
    assert "<script>" not in seat.get("/").text


def test_a_request_that_is_too_large_is_refused(case: Path) -> None:
    with TestClient(application(case, Options(tokens=["t"], upload=10_000)), base_url=BASE) as client:
        client.get("/enter?token=t")
        headers = form_of(client)
        big = {"files": ("big.txt", b"x" * 20_000)}
        told = client.post("/api/documents", files=big, headers=headers)
        assert (told.status_code, told.json()["code"]) == (413, "E-WEB-04")

        def drops() -> object:  # no length given
            for _ in range(20):
                yield b"y" * 1000

        told = client.post("/api/judgements", content=drops(), headers=headers)  # type: ignore[arg-type]
        assert (told.status_code, told.json()["code"]) == (413, "E-WEB-04")
        inbox = case / "inbox"
        assert not inbox.exists() or list(inbox.iterdir()) == []


def test_roles_allow_what_they_say(case: Path) -> None:
    with _team(case) as client:
        reader = _sign_in(client, "rea")
        claim = reader.get("/api/claims").json()["claims"][0]["id"]
        judged = reader.post(f"/api/claims/{claim}/judgements", {"verdict": "accepted", "why": "fine"})
        assert (judged.status_code, judged.json()["code"]) == (403, "E-WEB-05")
        assert (
            'data-do="accept"'
            not in reader.get(f"/documents/{reader.get(f'/api/claims/{claim}').json()['document']}").text
        )
        analyst = _sign_in(client, "ben")
        assert (
            analyst.post(f"/api/claims/{claim}/judgements", {"verdict": "accepted", "why": "fine"}).status_code == 200
        )
        assert analyst.get("/api/judgements").json()["judgements"][0]["by"] == "ben"
        source = next(iter(pipeline.load_case(case).sources))
        assert analyst.post(f"/api/sources/{source}/grade", {"grade": "A", "why": "so"}).status_code == 403
        assert (
            _sign_in(client, "ann").post(f"/api/sources/{source}/grade", {"grade": "A", "why": "so"}).status_code == 200
        )
        assert client.post("/logout", headers=form_of(client)).url.path == "/login"
        assert client.get("/api/claims").status_code == 401


def test_a_reader_never_sees_private_names_even_where_the_case_keeps_them(case: Path) -> None:
    path = case / "case.yaml"
    path.write_text(path.read_text(encoding="utf-8") + "\nnames: keep\n", encoding="utf-8")
    pipeline.read(case)
    with _team(case) as client:
        analyst = _sign_in(client, "ben")
        document = analyst.get("/api/claims", params={"text": "343"}).json()["claims"][0]["document"]
        assert "Haddad" in analyst.get(f"/api/documents/{document}").json()["text"]
        reader = _sign_in(client, "rea")
        assert "Haddad" not in reader.get(f"/api/documents/{document}").text
        assert "Haddad" not in reader.get("/api/claims", params={"size": 1000}).text
        for given in (
            {"text": "haddad"},
            {"source": "fighter named Omar Haddad"},
            {"origin": "fighter named Omar Haddad"},
        ):
            assert reader.get("/api/claims", params=given).json()["code"] == "E-WEB-05"
            assert reader.get("/claims", params=given).status_code == 403
        for path in (
            "/",
            "/contradictions",
            "/sources",
            "/history",
            "/history/log",
            "/api/contradictions",
            "/documents",
            "/api/documents",
        ):
            assert "Haddad" not in reader.get(path).text
        assert "Haddad" not in reader.get("/api/claims.csv").text and "Haddad" not in reader.get("/claims").text


def test_signing_in_wrongly_five_times_means_waiting(case: Path) -> None:
    with _team(case) as client:
        for _ in range(5):
            assert client.post("/login", data={"name": "ann", "password": "guess"}).status_code == 401
        told = client.post("/login", data={"name": "ann", "password": "ann's long password"})
        assert told.status_code == 429 and "E-WEB-07" in told.text
        nobody = client.post("/login", data={"name": "nobody", "password": "x"})
        assert nobody.status_code == 429  # the same machine


def test_attempts_are_forgotten_after_a_while() -> None:
    attempts = Attempts(most=2, seconds=0.0)
    for _ in range(3):
        attempts.failed("ann")
    attempts.check("ann")


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("../../etc/passwd", "passwd"), ("C:\\papers\\a report.pdf", "a report.pdf"), (".hidden", "hidden"), ("a\nb<c>.html", "a_b_c_.html"),
        ("x" * 300 + ".docx", "x" * 150 + ".docx"), ("字" * 90 + ".txt", "字" * 50 + ".txt"), ("///", "file"), ("تقرير.txt", "تقرير.txt"),
    ],
)  # fmt: skip
def test_names_of_files_name_no_folder(given: str, kept: str) -> None:
    assert safe_name(given) == kept


@pytest.mark.parametrize(
    ("address", "team"),
    [
        (Address("0.0.0.0", 0), True),
        (Address("0.0.0.0", 0, behind_tls=True), False),
        (Address("::", 0), True),
        (Address("example.org", 0), False),
    ],
)
def test_an_unsafe_public_address_is_refused(case: Path, address: Address, team: bool) -> None:
    with pytest.raises(WorkbenchError, match="E-WEB-08"):
        serve(case, Options(team=team), address, print)


def test_a_taken_port_says_so(case: Path) -> None:
    import socket

    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        with pytest.raises(UsageError, match="E-USE-04"):
            serve(case, Options(), Address(port=taken.getsockname()[1]), print)


def test_many_guesses_at_once_are_not_let_through(case: Path) -> None:
    from concurrent.futures import ThreadPoolExecutor

    with _team(case) as client, ThreadPoolExecutor(12) as pool:
        guesses = [
            pool.submit(client.post, "/login", data={"name": "ann", "password": f"guess {k}"}) for k in range(12)
        ]
        assert sorted(g.result().status_code for g in guesses) == [401] * 5 + [429] * 7
