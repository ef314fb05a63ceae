"""`newsreel fleet` says who has which site."""

from datetime import timedelta
from pathlib import Path

from typer.testing import CliRunner

from archive.instant import now_utc
from crawler.cli import app
from crawler.fleet.ledger import Ledger

HOUR = timedelta(hours=1)


def test_every_site_is_told_with_its_worker_and_time(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'ledger.db'}"
    ledger = Ledger(url, clock=now_utc)
    ledger.enrol({name: f"http://{name}.example/" for name in ("held", "later", "waits")})
    ledger.claim("one", lease=HOUR, site="held")
    claim = ledger.claim("one", lease=HOUR, site="later")
    assert claim is not None
    ledger.release(claim, due_at=now_utc() + 3 * HOUR, round_=7)
    ledger.close()

    told = CliRunner().invoke(app, ["fleet", "--ledger", url])

    assert told.exit_code == 0, told.output
    held, later, waits = told.stdout.splitlines()[1:4]
    assert held.split() == ["held", "0", "now", "one"]
    assert later.split()[:3] == ["later", "7", "in"]
    assert waits.split() == ["waits", "0", "now"]
    assert "3 sites; 1 held by 1 worker, 1 due and waiting for one" in told.stdout
