"""The wizard's rules: a destination is set up in a draft, tested, and only then put to use.

    drafts        begin a destination, save into its draft, go back to what is live
    completeness  what is still missing, and where
    snapshot      a destination read once: how far it is, what a payload would become
    live          what the system itself says: choices of fields, fields of actions
    testing       real requests for a sample lead; proof says what they tell of a draft
    going_live    activate, apply
    versions      go back to what was live before

Whatever talks to a platform stands outside the transaction that writes.
"""

from destinations.wizard.completeness import Progress, Step
from destinations.wizard.drafts import (
    MAX_ACTIONS,
    ActionEntry,
    Seen,
    begin,
    discard_draft,
    lock,
    merged_credentials,
    save_actions,
    save_auth,
    save_configuration,
    save_mapping,
    stamp,
    stamps,
    use_connection,
)
from destinations.wizard.errors import (
    ChangedMeanwhile,
    DeliveriesWait,
    Gone,
    InUse,
    NotActivated,
    NotComplete,
    NothingToApply,
    NotTested,
    SavedMeanwhile,
    WizardError,
    quoted,
)
from destinations.wizard.going_live import activate, apply
from destinations.wizard.live import KnownChoices, KnownTargets, Live
from destinations.wizard.snapshot import Standing, preview, progress, standing, variables
from destinations.wizard.testing import Run, hosts, test
from destinations.wizard.versions import roll_back

__all__ = [
    "MAX_ACTIONS",
    "ActionEntry",
    "ChangedMeanwhile",
    "DeliveriesWait",
    "Gone",
    "InUse",
    "KnownChoices",
    "KnownTargets",
    "Live",
    "NotActivated",
    "NotComplete",
    "NotTested",
    "NothingToApply",
    "Progress",
    "Run",
    "SavedMeanwhile",
    "Seen",
    "Standing",
    "Step",
    "WizardError",
    "activate",
    "apply",
    "begin",
    "discard_draft",
    "hosts",
    "lock",
    "merged_credentials",
    "preview",
    "progress",
    "quoted",
    "roll_back",
    "save_actions",
    "save_auth",
    "save_configuration",
    "save_mapping",
    "stamp",
    "stamps",
    "standing",
    "test",
    "use_connection",
    "variables",
]
