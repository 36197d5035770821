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
IDLE_SECONDS: Final = 3.0
MIB: Final = 2**20
KIB: Final = 2**10


async def first_answer(settings: dict[str, str]) -> tuple[float, float]:
    """Return the seconds from a start until the service answers, and those of its processor."""
    began = time.perf_counter()
    async with running(settings) as process:
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


async def main() -> None:
    """Measure and print one line for each."""
    with tempfile.TemporaryDirectory(dir=Path.cwd()) as folder:
        settings = settings_for(Path(folder))
        first = await first_answer(settings)
        later = min([await first_answer(settings) for _ in range(STARTS)])
        async with running(settings) as process:
            await asyncio.sleep(IDLE_SECONDS)
            weight = await first_page_bytes(f"http://127.0.0.1:{settings['DAUYS_PORT']}")
            memory = resident_bytes(process.pid)
    print(f"first start, sample town loaded   {first[0]:6.2f} s, {first[1]:.2f} s of work")
    print(f"later start (best of {STARTS})          {later[0]:6.2f} s, {later[1]:.2f} s of work")
    print(f"memory, idle                      {memory / MIB:6.0f} MB (at most 130)")
    print(f"first page, compressed            {weight / KIB:6.1f} KB (at most 15)")


if __name__ == "__main__":
    asyncio.run(main())
