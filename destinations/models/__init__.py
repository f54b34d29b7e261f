from destinations.models.action import Action
from destinations.models.connection import Connection, ConnectionStatus
from destinations.models.connection_test import ConnectionTest
from destinations.models.destination import Destination
from destinations.models.inspected_request import InspectedRequest
from destinations.models.lane import Lane
from destinations.models.live_answer import LiveAnswer
from destinations.models.revision import DestinationRevision
from destinations.models.stand_in import StandInFault, StandInRecord, StandInToken
from destinations.models.token import ConnectionToken

__all__ = [
    "Action",
    "Connection",
    "ConnectionStatus",
    "ConnectionTest",
    "ConnectionToken",
    "Destination",
    "DestinationRevision",
    "InspectedRequest",
    "Lane",
    "LiveAnswer",
    "StandInFault",
    "StandInRecord",
    "StandInToken",
]
