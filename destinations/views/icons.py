"""Icons of integrations, opened by a signature instead of a session."""

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.http import require_safe

from destinations.icons import icon_path
from destinations.platforms.port import UnknownIntegration
from destinations.platforms.registry import PLATFORMS
from leadconduit.lib import presigned

# An icon may come from elsewhere, and an SVG is a document: opened by itself it must not run anything.
POLICY = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; sandbox"


@require_safe
def icon(request: HttpRequest, account_id: str, platform: str, integration: str) -> HttpResponse:
    path = icon_path(account_id, platform, integration)
    expires, signature = request.GET.get("expires", ""), request.GET.get("signature", "")
    if not presigned.verify(path, expires, signature, timezone.now()):
        raise PermissionDenied("This address has expired, or it was altered.")
    try:
        found = PLATFORMS[platform].marketplace.icon(account_id, integration)
    except (KeyError, UnknownIntegration):
        raise Http404 from None
    headers = {
        "Cache-Control": f"private, max-age={settings.ICON_URL_SECONDS}",
        "Content-Security-Policy": POLICY,
    }
    return HttpResponse(found.content, content_type=found.content_type, headers=headers)
