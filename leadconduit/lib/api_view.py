"""What every view of the REST API does. Apart from `api`, which DRF itself needs first."""

from collections.abc import Collection
from typing import Any, ClassVar

from rest_framework.request import Request
from rest_framework.views import APIView

from leadconduit.lib.api import ApiError


class ApiView(APIView):
    """A view of the REST API. A query parameter that it does not take is refused by name, never left aside."""

    query: ClassVar[Collection[str]] = ()
    """The parameters that GET takes; other methods take none."""

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        super().initial(request, *args, **kwargs)
        if request.method not in self.allowed_methods:
            return  # which is refused next, whatever the parameters
        known = self.query if request.method in ("GET", "HEAD") else ()
        for name in request.query_params:
            if name not in known:
                others = f"there are {', '.join(known)}" if known else "there are none here"
                raise ApiError(f"There is no parameter `{name[:60]}`: {others}.")
