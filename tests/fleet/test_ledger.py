"""The ledger gives a site to one worker at a time, and takes no word from one that lost it."""

from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa

from archive.errors import ConfigError, LeaseLostError, LedgerError
from archive.instant import now_utc
from crawler.fleet.ledger import Ledger
from tests.fleet.postgres_server import postgres_server, programs

HOUR = timedelta(hours=1)
ENDED = timedelta(0)


@pytest.fixture(scope="module")
def postgres() -> Iterator[str]:
    if programs() is None:
        pytest.skip("no PostgreSQL here: `make test-services` installs it")
    with postgres_server() as url:
        yield url


@pytest.fixture(
    params=["sqlite", pytest.param("postgresql", marks=pytest.mark.services)],
)
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """Return the address of a database without a ledger."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'ledger.db'}"
    address: str = request.getfixturevalue("postgres")
    engine = sa.create_engine(address)
    with engine.begin() as db:
        db.execute(sa.text("DROP TABLE IF EXISTS newsreel_site"))
    engine.dispose()
    return address


@pytest.fixture
def ledger(url: str) -> Iterator[Ledger]:
    ledger = Ledger(url, clock=now_utc)
    ledger.enrol({"x": "http://x.example/"})
    yield ledger
    ledger.close()


def test_a_site_is_held_by_one_worker(ledger: Ledger) -> None:
    claim = ledger.claim("one", lease=HOUR)

    assert claim is not None
    assert (claim.site, claim.word, claim.round) == ("x", "http://x.example/", 0)
    assert ledger.claim("two", lease=HOUR) is None
    assert ledger.entries()[0].holder == "one"


def test_a_lease_that_ended_is_another_workers(ledger: Ledger) -> None:
    late = ledger.claim("one", lease=ENDED)
    claim = ledger.claim("two", lease=HOUR)

    assert late is not None
    assert claim is not None
    with pytest.raises(LeaseLostError, match="held by another worker"):
        ledger.renew(late, lease=HOUR)
    with pytest.raises(LeaseLostError):
        ledger.release(late, due_at=now_utc(), round_=1)
    ledger.renew(claim, lease=HOUR)


def test_a_worker_that_takes_its_own_site_anew_has_lost_the_first_lease(ledger: Ledger) -> None:
    late = ledger.claim("one", lease=ENDED)
    assert ledger.claim("one", lease=HOUR) is not None

    assert late is not None
    with pytest.raises(LeaseLostError):
        ledger.renew(late, lease=HOUR)


def test_a_renewed_lease_holds_on(ledger: Ledger) -> None:
    claim = ledger.claim("one", lease=ENDED)
    assert claim is not None

    ledger.renew(claim, lease=HOUR)

    assert ledger.claim("two", lease=HOUR) is None


DUE = {"ahead": (HOUR, None), "gone_by": (-HOUR, "x")}


@pytest.mark.parametrize(("until", "given"), DUE.values(), ids=DUE.keys())
def test_a_site_that_was_given_back_waits_for_its_time(
    ledger: Ledger, until: timedelta, given: str | None
) -> None:
    claim = ledger.claim("one", lease=HOUR)
    assert claim is not None

    ledger.release(claim, due_at=now_utc() + until, round_=3)

    again = ledger.claim("two", lease=HOUR)
    assert (again and again.site) == given
    assert ledger.entries()[0].round == 3


def test_a_worker_gets_the_sites_first_that_it_shipped_last(ledger: Ledger) -> None:
    ledger.enrol({name: f"http://{name}.example/" for name in "abz"})
    claim = ledger.claim("one", lease=HOUR, site="z")
    assert claim is not None
    ledger.release(claim, due_at=now_utc(), round_=1)

    assert (mine := ledger.claim("one", lease=HOUR)) is not None
    assert (others := ledger.claim("one", lease=HOUR)) is not None

    assert (mine.site, others.site) == ("z", "x")


def test_a_site_that_is_named_again_stays_as_it_is(ledger: Ledger) -> None:
    claim = ledger.claim("one", lease=HOUR)

    ledger.enrol({"x": "http://elsewhere.example/", "y": "http://y.example/"})

    assert claim is not None
    ledger.renew(claim, lease=HOUR)
    assert [each.site for each in ledger.entries()] == ["x", "y"]


def test_of_many_workers_at_once_no_two_get_the_same(url: str) -> None:
    sites = {f"s{number}": f"http://s{number}.example/" for number in range(40)}

    def take_all(worker: int) -> list[str]:
        ledger, mine = Ledger(url, clock=now_utc), []
        ledger.enrol(sites)
        while claim := ledger.claim(f"worker-{worker}", lease=HOUR):
            mine.append(claim.site)
        ledger.close()
        return mine

    with ThreadPoolExecutor(6) as workers:
        taken = [site for mine in workers.map(take_all, range(6)) for site in mine]

    assert Counter(taken) == dict.fromkeys(sites, 1)


def test_a_server_that_does_not_answer_is_told_without_its_password() -> None:
    with pytest.raises(LedgerError, match="refuses or does not answer") as raised:
        Ledger("postgresql+psycopg://me:secret@127.0.0.1:1/news", clock=now_utc)

    assert "secret" not in str(raised.value)


WRONG = {"none": "here", "another": "mysql://host/db", "no_driver": "postgresql+none://host/db"}


@pytest.mark.parametrize("url", WRONG.values(), ids=WRONG.keys())
def test_an_address_that_is_no_ledger_is_refused(url: str) -> None:
    with pytest.raises(ConfigError, match="sqlite:///"):
        Ledger(url, clock=now_utc)
