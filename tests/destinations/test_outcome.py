import pytest

from destinations.outcome import Accepted, Outcome, Result


@pytest.mark.parametrize(
    ("outcome", "retries", "last_state"),
    [
        ("delivered", False, "delivered"),
        ("accepted", False, "accepted"),
        ("rejected", False, "rejected"),
        ("unauthorized", True, "failed"),
        ("rate_limited", True, "failed"),
        ("unavailable", True, "failed"),
        ("unreachable", True, "failed"),
        ("unknown", True, "failed"),
        ("misconfigured", False, "failed"),
    ],
)
def test_each_outcome_knows_what_follows(outcome: str, retries: bool, last_state: str) -> None:
    assert Outcome(outcome).retries is retries
    assert Outcome(outcome).last_state == last_state


@pytest.mark.parametrize("outcome", Outcome)
def test_each_outcome_has_a_sentence(outcome: Outcome) -> None:
    assert Result(outcome).sentence.endswith(".")


def test_the_receivers_own_reason_goes_before_ours() -> None:
    assert Result(Outcome.REJECTED, "Duplicate lead").sentence == "Duplicate lead"


def test_a_lead_that_was_taken_for_later_is_accepted() -> None:
    assert Accepted("handle", 5).outcome is Outcome.ACCEPTED


def test_what_was_sent_stays_out_of_logs() -> None:
    assert "ada@example.com" not in repr(Result(Outcome.DELIVERED, exchange={"body": "ada@example.com"}))
