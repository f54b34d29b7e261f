"""A system's API as a caller sees it, at its real addresses: through the product's own client, to the stand-in."""

import json
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

from django.test import Client

from leadconduit.lib.outbound import rewritten

VERIFIER = "v" * 43
CHALLENGE = "7w_YNF9DSfIdPf_pRjSq646_kPr-2-o9NAl16JGghdM"


@dataclass
class Vendor:
    """Asks in this process; `token` is sent as the bearer."""

    client: Client
    token: str = ""
    last: Any = field(default=None, repr=False)

    def ask(self, method: str, url: str, body: Any = None, **headers: str) -> Any:
        """The answer; `.data` is its JSON."""
        path = rewritten(url).removeprefix("http://testserver")
        assert path != url, f"{url} leads to no stand-in"
        sent = {"Authorization": f"Bearer {self.token}"} if self.token else {}
        content = body if isinstance(body, str) else json.dumps(body)
        kind = "application/json"
        if isinstance(body, str):
            kind = headers.pop("content_type", "application/x-www-form-urlencoded")
        given = {name.replace("_", "-"): value for name, value in headers.items()}
        answer: Any = self.client.generic(
            method, path, content if body is not None else "", content_type=kind, headers={**sent, **given}
        )
        answer.data = (
            json.loads(answer.content)
            if answer["Content-Type"].startswith("application/json") and answer.content
            else None
        )
        return answer

    def get(self, url: str, **headers: str) -> Any:
        return self.ask("GET", url, **headers)

    def post(self, url: str, body: Any, **headers: str) -> Any:
        return self.ask("POST", url, body, **headers)

    def form(self, url: str, **fields: str) -> Any:
        return self.ask("POST", url, urlencode(fields))

    def consent(self, url: str, organisation: str = "", decision: str = "allow") -> dict[str, str]:
        """Answers the consent page; what the browser is sent back with."""
        answer = self.ask("POST", url, urlencode({"organisation": organisation, "decision": decision}))
        assert answer.status_code == 302, answer.content
        return {name: values[0] for name, values in parse_qs(urlsplit(answer["Location"]).query).items()}
