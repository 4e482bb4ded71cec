"""What takes long in threads of the page's process: others go on meanwhile."""

from __future__ import annotations

import asyncio
import threading
from pathlib import Path

from tests.helpers.browser_made import Field

LONG = 36
"""More than asyncio's own threads, of which there are four more than processors, and never more than 32."""
PATIENCE_S = 60.0


def test_many_looks_that_take_long_hold_up_no_other(tmp_path: Path) -> None:
    app = Field(tmp_path).coach.app
    go_on = threading.Event()

    async def run() -> str:
        async with app.router.lifespan_context(app):
            looks = [asyncio.create_task(asyncio.to_thread(go_on.wait, PATIENCE_S)) for _ in range(LONG)]
            # Each has asked for its thread once the loop has gone round.
            await asyncio.sleep(0)
            try:
                async with asyncio.timeout(PATIENCE_S / 2):
                    return await asyncio.to_thread(lambda: "seen")
            finally:
                go_on.set()
                await asyncio.gather(*looks)

    assert asyncio.run(run()) == "seen"
