"""Looks at the database with SQLite alone and writes what it finds as JSON; runs in the guest.

{"integrity": what PRAGMA integrity_check says, "sessions": rows, "reps": rows, "revisions": their ids,
"files": names in the state directory}
"""

from __future__ import annotations

import json
import os
import sqlite3

STATE = "/var/lib/retro-timer"

database = sqlite3.connect(f"file:{STATE}/results.db?mode=ro", uri=True)
database.row_factory = sqlite3.Row
print(
    json.dumps(
        {
            "integrity": database.execute("PRAGMA integrity_check").fetchone()[0],
            "sessions": [dict(row) for row in database.execute("SELECT * FROM session ORDER BY id")],
            "reps": [dict(row) for row in database.execute("SELECT * FROM rep ORDER BY session, rep")],
            "revisions": sorted({row["id"] for row in database.execute("SELECT id FROM revision")}),
            "files": sorted(os.listdir(STATE)),  # noqa: PTH208 - names only
        }
    )
)
