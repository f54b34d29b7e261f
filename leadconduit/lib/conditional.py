"""ETags: a caller that has an answer already is not sent it again, and a lost update is noticed."""

from hashlib import blake2b
from typing import Any

from django.http import HttpResponse, HttpResponseNotModified
from django.utils.http import parse_etags
from rest_framework.request import Request
from rest_framework.response import Response

from leadconduit.lib.api_view import ApiView


class Conditional(ApiView):
    """A view whose answers to GET have an ETag; with it in `If-None-Match`, an answer that is still the same is 304."""

    def finalize_response(self, request: Request, response: Any, *args: Any, **kwargs: Any) -> Response:
        final = super().finalize_response(request, response, *args, **kwargs)
        if request.method in ("GET", "HEAD") and final.status_code == 200:
            tag(request, final)
        return final


def tag(request: Request, response: Response, *, revision: str = "") -> None:
    """Give an answer its ETag once it is written: its content, behind the `revision` of what it shows.

    So the tag of what has revisions changes with each of them, and also where something beside it is shown anew.
    """

    def tagged(written: HttpResponse) -> HttpResponse:
        digest = blake2b(written.content, digest_size=12).hexdigest()
        etag = f'"{revision}.{digest}"' if revision else f'"{digest}"'
        if request.method in ("GET", "HEAD") and _names(request.headers.get("If-None-Match", ""), etag):
            written = HttpResponseNotModified()
        written.headers["ETag"] = etag
        return written

    response.add_post_render_callback(tagged)


def _names(header: str, etag: str) -> bool:
    return any(given == "*" or given.removeprefix("W/") == etag for given in parse_etags(header))


def expected_revisions(request: Request) -> frozenset[str] | None:
    """The revisions that `If-Match` names, by what stands in the tags that `tag` gave them; None where any will do.

    What is beside a revision is nothing that a caller could overwrite, so a tag is compared by its revision alone; a
    proxy that compresses answers weakens tags, which is forgiven.
    """
    header = request.headers.get("If-Match")
    if header is None or header.strip() == "*":
        return None
    return frozenset(given.removeprefix("W/").strip('"').partition(".")[0] for given in parse_etags(header))
