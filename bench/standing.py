"""What the service costs while nobody talks to it: its start, its memory, its first page."""

import asyncio
import gzip
import os
import re
import tempfile
import time
from pathlib import Path
from typing import Final

from aiohttp import ClientSession

from tests.end_to_end.process import running, settings_for

STARTS: Final = 3
BARE: Final = "bench.bare"
"""The floor: our libraries in a process that does nothing."""
IDLE_SECONDS: Final = 3.0
MIB: Final = 2**20
KIB: Final = 2**10


async def first_answer(settings: dict[str, str], module: str = "bot") -> tuple[float, float]:
    """Return the seconds from a start until the service answers, and those of its processor."""
    began = time.perf_counter()
    async with running(settings, module=module) as process:
        return time.perf_counter() - began, processor_seconds(process.pid)


def processor_seconds(pid: int) -> float:
    """Return how long a process has worked so far, by the kernel's count."""
    after_name = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rpartition(")")[2]
    user, system = after_name.split()[11:13]
    return (int(user) + int(system)) / os.sysconf("SC_CLK_TCK")


def resident_bytes(pid: int) -> int:
    """Return how much memory a process holds, by the kernel's count."""
    status = Path(f"/proc/{pid}/status").read_text(encoding="ascii")
    found = re.search(r"^VmRSS:\s+(\d+) kB$", status, re.MULTILINE)
    return int(found[1]) * KIB if found else 0


async def first_page_bytes(address: str) -> int:
    """Return the compressed size of the first page with everything it fetches by itself."""
    async with ClientSession() as browser:
        async with browser.get(address) as response:
            html = await response.text()
        weight = len(gzip.compress(html.encode()))
        for path in re.findall(r'(?:href|src)="(/static/[^"]+)"', html):
            async with browser.get(address + path) as asset:
                weight += len(gzip.compress(await asset.read()))
    return weight


async def idle_bytes(settings: dict[str, str], module: str = "bot") -> int:
    """Return the memory of a service that has been left alone for a while."""
    async with running(settings, module=module) as process:
        await asyncio.sleep(IDLE_SECONDS)
        return resident_bytes(process.pid)


async def main() -> None:
    """Measure and print one line for each, beside the same libraries doing nothing."""
    with tempfile.TemporaryDirectory(dir=Path.cwd()) as folder:
        settings = settings_for(Path(folder))
        first = await first_answer(settings)
        # One after the other, so that a machine that slows down slows both.
        pairs = [
            (await first_answer(settings), await first_answer(settings, BARE))
            for _ in range(STARTS)
        ]
        later, bare = (min(starts) for starts in zip(*pairs, strict=True))
        memory, floor = await idle_bytes(settings), await idle_bytes(settings, BARE)
        async with running(settings):
            weight = await first_page_bytes(f"http://127.0.0.1:{settings['DAUYS_PORT']}")
    print(f"first start, sample town loaded   {first[0]:6.2f} s, {first[1]:.2f} s of work")
    print(
        f"later start (best of {STARTS})          {later[0]:6.2f} s, {later[1]:.2f} s of work"
        f"   × {later[1] / bare[1]:.2f} of the work of its libraries, doing nothing"
    )
    print(
        f"memory, idle                      {memory / MIB:6.0f} MB (at most 130)"
        f"   × {memory / floor:.2f} of them"
    )
    print(f"first page, compressed            {weight / KIB:6.1f} KB (at most 15)")


if __name__ == "__main__":
    asyncio.run(main())
