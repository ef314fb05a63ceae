"""What follows from a status, or from the lack of an answer, and after how many attempts."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.coverage import Fate
from crawler.fetch.politeness import ATTEMPTS
from crawler.judgement import Judgement, Step, judge


def settled(fate: Fate, reason: str, *, is_throttled: bool = False) -> Judgement:
    return Judgement(step=Step.SETTLE, fate=fate, reason=reason, is_throttled=is_throttled)


def redirected(status: int) -> Judgement:
    return Judgement(step=Step.REDIRECT, fate=Fate.REDIRECTED, reason=str(status))


READ = Judgement(step=Step.READ)
RETRY = Judgement(step=Step.RETRY)
THROTTLED = Judgement(step=Step.RETRY, is_throttled=True)

# Status, failure, attempts: what follows.
ANSWERS: dict[str, tuple[int | None, str | None, int, Judgement]] = {
    "page": (200, None, 1, READ),
    "no_content": (204, None, 1, READ),
    "not_modified": (304, None, 1, Judgement(step=Step.UNCHANGED, fate=Fate.UNCHANGED)),
    "moved": (301, None, 1, redirected(301)),
    "found": (302, None, 1, redirected(302)),
    "see_other": (303, None, 1, redirected(303)),
    "moved_for_now": (307, None, 1, redirected(307)),
    "moved_for_good": (308, None, 1, redirected(308)),
    "choices_that_lead_nowhere": (300, None, 1, settled(Fate.FAILED, "http_300")),
    "bad_request": (400, None, 1, settled(Fate.FAILED, "http_400")),
    "login": (401, None, 1, settled(Fate.BLOCKED, "http_401")),
    "payment": (402, None, 1, settled(Fate.BLOCKED, "http_402")),
    "forbidden": (403, None, 1, settled(Fate.BLOCKED, "http_403")),
    "missing": (404, None, 1, settled(Fate.GONE, "http_404")),
    "gone": (410, None, 1, settled(Fate.GONE, "http_410")),
    "for_legal_reasons": (451, None, 1, settled(Fate.BLOCKED, "http_451")),
    "slow_client": (408, None, 1, RETRY),
    "too_many_requests": (429, None, 1, THROTTLED),
    "too_many_requests_to_the_end": (
        429,
        None,
        ATTEMPTS,
        settled(Fate.BLOCKED, "http_429", is_throttled=True),
    ),
    "server_error": (500, None, 1, RETRY),
    "server_error_again": (500, None, ATTEMPTS - 1, RETRY),
    "server_error_to_the_end": (500, None, ATTEMPTS, settled(Fate.FAILED, "http_500")),
    "not_implemented": (501, None, 1, settled(Fate.FAILED, "http_501")),
    "unavailable": (503, None, 1, THROTTLED),
    "unavailable_to_the_end": (
        503,
        None,
        ATTEMPTS,
        settled(Fate.BLOCKED, "http_503", is_throttled=True),
    ),
    "status_that_is_none": (999, None, 1, settled(Fate.FAILED, "http_999")),
    "timeout": (None, "timeout", 1, RETRY),
    "timeout_to_the_end": (None, "timeout", ATTEMPTS, settled(Fate.FAILED, "timeout")),
    "half_a_page": (200, "cut_off", 1, RETRY),
    "half_a_page_to_the_end": (200, "cut_off", ATTEMPTS, settled(Fate.FAILED, "cut_off")),
    "half_a_redirect": (301, "cut_off", 1, RETRY),
    "too_large": (200, "too_large", 1, settled(Fate.FAILED, "too_large")),
    "endless_headers": (None, "headers_too_large", 1, settled(Fate.FAILED, "headers_too_large")),
    "address_that_is_not_public": (
        None,
        "refused_address",
        1,
        settled(Fate.REFUSED, "refused_address"),
    ),
    "stopped_by_us": (None, "stopped", 1, Judgement(step=Step.PUT_BACK)),
    "stopped_by_us_at_last": (None, "stopped", ATTEMPTS, Judgement(step=Step.PUT_BACK)),
    "neither_answer_nor_failure": (None, None, ATTEMPTS, settled(Fate.FAILED, "no_answer")),
}


@pytest.mark.parametrize(
    ("status", "failure", "attempts", "follows"), ANSWERS.values(), ids=ANSWERS.keys()
)
def test_judge(status: int | None, failure: str | None, attempts: int, follows: Judgement) -> None:
    assert judge(status, failure, attempts=attempts) == follows


@given(
    status=st.none() | st.integers(100, 999),
    failure=st.none() | st.sampled_from(["timeout", "dns", "cut_off", "too_large", "broken"]),
)
def test_the_last_attempt_comes_to_an_end_with_a_fate_or_a_body(
    status: int | None, failure: str | None
) -> None:
    last = judge(status, failure, attempts=ATTEMPTS)

    assert last.step not in {Step.RETRY, Step.PUT_BACK}
    assert last.fate is not None or last.step is Step.READ
