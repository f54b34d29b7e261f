from flows.models.attempt import Attempt
from flows.models.delivery import Delivery, State
from flows.models.due import Due
from flows.models.entity import Entity
from flows.models.event import Event
from flows.models.flow import Flow
from flows.models.lead import Gate, Lead
from flows.models.revision import FlowRevision
from flows.models.submission_key import SubmissionKey
from flows.models.usage import FlowUsage, Stage

# The tables whose rows are kept by the week, each a range of ids.
PARTITIONED = tuple(model._meta.db_table for model in (Lead, Event, Delivery, Attempt))

__all__ = [
    "PARTITIONED",
    "Attempt",
    "Delivery",
    "Due",
    "Entity",
    "Event",
    "Flow",
    "FlowRevision",
    "FlowUsage",
    "Gate",
    "Lead",
    "Stage",
    "State",
    "SubmissionKey",
]
