"""An access log in which nobody can be found: no addresses, cookies, queries or tokens."""

import logging

from aiohttp import web
from aiohttp.abc import AbstractAccessLogger
from typing_extensions import override


class AccessLog(AbstractAccessLogger):
    """Logs method, kind of page, status and duration."""

    @override
    def log(self, request: web.BaseRequest, response: web.StreamResponse, time: float) -> None:
        self.logger.info(
            "%s %s %d %d ms", request.method, _page(request), response.status, time * 1000
        )

    @property
    @override
    def enabled(self) -> bool:
        return self.logger.isEnabledFor(logging.INFO)


def _page(request: web.BaseRequest) -> str:
    match = request.match_info if isinstance(request, web.Request) else None
    resource = None if match is None else match.route.resource
    return "(nothing here)" if resource is None else resource.canonical
