"""Why the wizard refuses: each a sentence for the person in front of it."""

from collections.abc import Sequence


class WizardError(Exception):
    """This cannot be done now."""

    def __init__(self, sentence: str = "") -> None:
        self.sentence = sentence or (type(self).__doc__ or "")
        super().__init__(self.sentence)


class NotComplete(WizardError):
    """Something is still missing."""


class NotTested(WizardError):
    """No successful test is newer than the latest change."""


class NotActivated(WizardError):
    """The destination is a draft: finish setting it up and activate it first."""


class ChangedMeanwhile(WizardError):
    """Somebody changed this meanwhile. Nothing was applied: look at it again first."""


class SavedMeanwhile(WizardError):
    """This was saved from elsewhere meanwhile. Nothing was saved over it."""


class NothingToApply(WizardError):
    """There are no changes: what is live is what you see."""


class InUse(WizardError):
    """Flows use this."""


class DeliveriesWait(WizardError):
    """Deliveries still wait."""


class Gone(WizardError):
    """The destination was deleted."""


def quoted(names: Sequence[str]) -> str:
    """“A”, “B”, “C” and 2 more: names for a sentence, of which there may be many."""
    shown = ", ".join(f"“{name}”" for name in names[:3])
    return f"{shown} and {len(names) - 3} more" if len(names) > 3 else shown
