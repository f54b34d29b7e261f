"""Orders for an organisation, and answers as Salesforce's documents have them."""

import json
from dataclasses import dataclass
from typing import Any

from destinations.connectors.calls import Calls, Credentials, Fixed
from destinations.connectors.salesforce import client
from destinations.outcome import Result
from destinations.platforms.port import ActionValues, DestinationValues, Order
from leadconduit.lib import outbound
from tests.destinations.connectors.receiver import Receiver

KEY = "65f0aa01bb02cc03dd04ee05"
TOKEN = "00D!s3cret.token"
LEAD, CONTACT, ACCOUNT = "00Q5e00000Ab1CdEAJ", "0035e00000Ab1CdAAJ", "0015e00000Ab1CdAAJ"
CAMPAIGN, OPPORTUNITY, MEMBER = "7015e00000Ab1CdAAJ", "0065e00000Ab1CdAAJ", "00v5e00000Ab1CdAAJ"


def order(action: str, payload: dict[str, Any], *, uncertain: bool = False, **options: Any) -> Order:
    return Order(
        key=KEY,
        destination=DestinationValues(
            account_id="a", instance_id="i", integration="salesforce", scheme="oauth2_code"
        ),
        action=ActionValues(action_id=action, name=action, configuration=options),
        payload=payload,
        uncertain=uncertain,
    )


def credentials_at(url: str) -> dict[str, Any]:
    return {"instance_url": url, "access_token": TOKEN, "refresh_token": "r", "client_secret": "s"}


@dataclass
class Renewing:
    """Credentials that can be renewed; `renewed` counts how often that was."""

    credentials: Credentials
    renewed: int = 0

    async def get(self) -> Credentials:
        return self.credentials

    async def renew(self, refused: Credentials) -> Credentials:
        self.renewed += 1
        return {**refused, "access_token": "new.token"}


def sent(org: Receiver, wanted: Order, *answers: tuple[int, Any], source: Any = None) -> Result:
    """What an order comes to when the organisation gives these answers, one after another."""
    org.script = [written(status, content) for status, content in answers]
    calls = Calls(source or Fixed(credentials_at(org.url)))
    result = outbound.run(client.send(wanted, calls))
    assert org.script == [], "not all was asked"
    assert isinstance(result, Result)
    return result


def written(status: int, content: Any) -> tuple[int, str, dict[str, str]]:
    if isinstance(content, str):
        return status, content, {"Content-Type": "text/xml;charset=UTF-8"}
    text = "" if content is None else json.dumps(content)
    return status, text, {"Content-Type": "application/json;charset=UTF-8"}


def created(record_id: str) -> tuple[int, Any]:
    return 201, {"id": record_id, "success": True, "errors": []}


def found(*records: dict[str, Any]) -> tuple[int, Any]:
    return 200, {"totalSize": len(records), "done": True, "records": list(records)}


def error(code: str, message: str = "Words.", *fields: str, status: int = 400) -> tuple[int, Any]:
    return status, [{"message": message, "errorCode": code, "fields": list(fields)}]


CHANGED: tuple[int, Any] = (204, None)


def soap(body: str) -> str:
    return (
        '<?xml version="1.0" encoding="UTF-8"?><soapenv:Envelope'
        ' xmlns:soapenv="http://schemas.xmlsoap.org/soap/envelope/" xmlns="urn:partner.soap.sforce.com"'
        ' xmlns:sf="urn:fault.partner.soap.sforce.com" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">'
        f"<soapenv:Body>{body}</soapenv:Body></soapenv:Envelope>"
    )


CONVERTED: tuple[int, Any] = (
    200,
    soap(
        f"<convertLeadResponse><result><accountId>{ACCOUNT}</accountId><contactId>{CONTACT}</contactId>"
        f"<leadId>{LEAD}</leadId><opportunityId>{OPPORTUNITY}</opportunityId><success>true</success></result>"
        "</convertLeadResponse>"
    ),
)


def not_converted(code: str, message: str) -> tuple[int, Any]:
    return 200, soap(
        '<convertLeadResponse><result><accountId xsi:nil="true"/><contactId xsi:nil="true"/>'
        f"<errors><message>{message}</message><statusCode>{code}</statusCode></errors><leadId>{LEAD}</leadId>"
        '<opportunityId xsi:nil="true"/><success>false</success></result></convertLeadResponse>'
    )


def fault(code: str, message: str) -> tuple[int, Any]:
    return 500, soap(
        f"<soapenv:Fault><faultcode>sf:{code}</faultcode><faultstring>{code}: {message}</faultstring></soapenv:Fault>"
    )
