"""A small HTTP load generator, for where wrk is not installed. Same arguments as load.lua.

    python -m benchmarks.generator PORT CONNECTIONS SECONDS METHOD PATH BODY PATTERN FILE

Each connection sends its next request when the answer to the last one is there. It costs
about as much CPU as a lean server: figures made with it are lower than with wrk.
"""

from __future__ import annotations

import asyncio
import random
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path
from uuid import uuid4

Member = tuple[str, str, str]


@dataclass
class Load:
    """What is asked for, and what came of it."""

    port: int
    method: str
    path: str
    body: str
    pattern: str
    members: list[Member]
    until: float = 0.0
    bad: int = 0
    waits: list[float] = field(default_factory=list)

    def request(self) -> bytes:
        """Write a request of a random member to another one."""
        hot = self.pattern == "hot"
        count = len(self.members)
        payer = random.randrange(1 if hot else 0, count)
        payee = 0 if hot else (payer + random.randrange(1, count)) % count
        fields = {
            "{source}": self.members[payer][1],
            "{destination}": self.members[payee][2],
            "{amount}": f"{random.randint(1, 9)}.{random.randint(0, 99):02d}",
        }
        path, body = _filled(self.path, fields), _filled(self.body, fields)
        head = f"{self.method} {path} HTTP/1.1\r\nHost: 127.0.0.1:{self.port}\r\n"
        head += f"Authorization: Bearer {self.members[payer][0]}\r\n"
        if self.method != "POST":
            return f"{head}\r\n".encode()
        head += f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n"
        return f"{head}Idempotency-Key: {uuid4()}\r\n\r\n{body}".encode()

    async def client(self) -> None:
        """Send requests over one connection until the time is up."""
        reader, writer = await asyncio.open_connection("127.0.0.1", self.port)
        while (began := time.perf_counter()) < self.until:
            writer.write(self.request())
            if await _status(reader) >= 400:
                self.bad += 1
            self.waits.append(time.perf_counter() - began)
        writer.close()

    async def run(self, connections: int, seconds: float) -> None:
        """Run all connections for so many seconds and print what `load.lua` prints."""
        began = time.perf_counter()
        self.until = began + seconds
        await asyncio.gather(*(self.client() for _ in range(connections)))
        took = time.perf_counter() - began
        waits = sorted(self.waits)
        p50, p99 = waits[len(waits) // 2] * 1000, waits[int(len(waits) * 0.99)] * 1000
        print(f"RESULT {len(waits)} {took:f} {self.bad} {p50:f} {p99:f}")


async def _status(reader: asyncio.StreamReader) -> int:
    head = await reader.readuntil(b"\r\n\r\n")
    lower = head.lower()
    start = lower.index(b"content-length:") + 15
    await reader.readexactly(int(lower[start : lower.index(b"\r\n", start)]))
    return int(head[9:12])


def _filled(text: str, fields: dict[str, str]) -> str:
    for name, value in fields.items():
        text = text.replace(name, value)
    return text


def main(arguments: list[str]) -> None:
    port, connections, seconds, method, path, body, pattern, file = arguments
    lines = Path(file).read_text().splitlines()
    members = [(token, source, other) for token, source, other in map(str.split, lines)]
    load = Load(int(port), method, path, body, pattern, members)
    asyncio.run(load.run(int(connections), float(seconds)))


if __name__ == "__main__":
    main(sys.argv[1:])
