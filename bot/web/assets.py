"""Style, script and pictures of the pages, under addresses that change with their content."""

import gzip
import hashlib
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from aiohttp import web

_FOLDER: Final = Path(__file__).parent / "static"
_TYPES: Final = {
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".svg": "image/svg+xml",
    ".webmanifest": "application/manifest+json",
}
_PREFIX: Final = "/static/"


@dataclass(frozen=True, slots=True)
class _Asset:
    content: bytes
    compressed: bytes
    media_type: str


class Assets:
    """All static files, read once at the start."""

    def __init__(self, folder: Path = _FOLDER) -> None:
        """Read every file in `folder` whose type is known."""
        self._urls: dict[str, str] = {}
        self._assets: dict[str, _Asset] = {}
        for path in sorted(folder.iterdir()):
            if path.suffix in _TYPES:
                self._keep(path)

    def url(self, name: str) -> str:
        """Return the address of the file called `name`; raises `KeyError` when there is none."""
        return self._urls[name]

    async def serve(self, request: web.Request) -> web.Response:
        """Answer with a file; its address never means another one, so it may be kept for ever."""
        asset = self._assets.get(request.path)
        if asset is None:
            raise web.HTTPNotFound
        headers = {
            "Cache-Control": "public, max-age=31536000, immutable",
            "Content-Type": asset.media_type,
            "Vary": "Accept-Encoding",
        }
        if "gzip" in request.headers.get("Accept-Encoding", ""):
            return web.Response(
                body=asset.compressed, headers={**headers, "Content-Encoding": "gzip"}
            )
        return web.Response(body=asset.content, headers=headers)

    def _keep(self, path: Path) -> None:
        content = path.read_bytes()
        digest = hashlib.sha256(content).hexdigest()[:10]
        url = f"{_PREFIX}{path.stem}.{digest}{path.suffix}"
        self._urls[path.name] = url
        self._assets[url] = _Asset(
            content, gzip.compress(content, 9, mtime=0), _TYPES[path.suffix]
        )
