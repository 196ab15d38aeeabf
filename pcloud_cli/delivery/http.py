"""One POST to a provider's API: bounded in time and size, never redirected."""

from __future__ import annotations

import http.client
import json
import urllib.error
import urllib.request
from collections.abc import Mapping
from typing import Any

from pcloud_cli.delivery.undelivered import Undelivered

SECONDS = 20
_LARGEST = 65536


class _Stay(urllib.request.HTTPRedirectHandler):
    """Follows no redirect: what is sent is meant for the place in the settings alone."""

    def redirect_request(self, *_arguments: object, **_more: object) -> None:
        """Refuse."""


def post(url: str, headers: Mapping[str, str], body: bytes) -> dict[str, Any]:
    """Return the JSON object that `url` answers, whatever the status, where there is one.

    Raises Undelivered where nothing can be reached or the answer is no JSON object.
    """
    request = urllib.request.Request(  # noqa: S310 - the scheme was checked with the settings
        url, data=body, headers=dict(headers), method="POST"
    )
    status = 200
    try:
        with urllib.request.build_opener(_Stay).open(request, timeout=SECONDS) as answer:
            content = answer.read(_LARGEST)
    except urllib.error.HTTPError as error:
        with error:
            status, content = error.code, error.read(_LARGEST)
    except (OSError, http.client.HTTPException) as error:
        reason = error.reason if isinstance(error, urllib.error.URLError) else error
        raise Undelivered(
            "timeout" if isinstance(reason, TimeoutError) else "unreachable"
        ) from None
    try:
        found = json.loads(content)
    except ValueError:
        found = None
    if not isinstance(found, dict):
        raise Undelivered("http", status)
    return found
