import io
import os
from collections.abc import Iterable
from typing import Any

from django.conf import settings
from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "leadconduit.settings")
django = get_wsgi_application()

# Of a body that is refused as too large, so much is taken off the wire: most clients read the answer only when they
# have written everything.
MOST_DISCARDED = 32 * 1024 * 1024


def application(environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
    _make_body_plain(environ, most=settings.DATA_UPLOAD_MAX_MEMORY_SIZE)
    answer: Iterable[bytes] = django(environ, start_response)
    return answer


def _make_body_plain(environ: dict[str, Any], *, most: int) -> None:
    """Django takes a body without a Content-Length for none at all: a lead that is sent in chunks would be lost.

    Where chunks break off, the server hands over those that came and does not say so, unless it reads without a
    limit. Half of a JSON or XML body is refused by its readers; half of a form cannot be told from a whole one.
    """
    body = environ["wsgi.input"]
    if "CONTENT_LENGTH" not in environ and environ.get("HTTP_TRANSFER_ENCODING"):
        # One byte more than is allowed tells Django that it is too much.
        read = body.read(most + 1)
        environ |= {"wsgi.input": io.BytesIO(read), "CONTENT_LENGTH": str(len(read))}
        too_large = len(read) > most
    else:
        length = environ.get("CONTENT_LENGTH") or ""
        too_large = length.isdigit() and int(length) > most
    if too_large:
        _discard(body)


def _discard(body: Any) -> None:
    left = MOST_DISCARDED
    while left > 0 and (chunk := body.read(min(left, 65_536))):
        left -= len(chunk)
