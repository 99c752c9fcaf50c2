"""Fills the database of a server with COUNT cases: copies of the existing ones, with ids and references of their own.
The chains of the copies do not verify, which no page checks.

python3 cases.py FOLDER COUNT
"""

import pathlib
import random
import sqlite3
import sys

folder, count = pathlib.Path(sys.argv[1]), int(sys.argv[2])
dice = random.Random(7)
letters = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
db = sqlite3.connect(folder / "onrecord.db", isolation_level=None, timeout=60)
cases = db.execute("SELECT id, submitted_at, answers, status, due, updated_at FROM cases").fetchall()
events = {}
for row in db.execute("SELECT case_id, n, kind, at, actor_role, actor_name, body, prev_hash, hash FROM case_events ORDER BY case_id, n"):
    events.setdefault(row[0], []).append(row[1:])
people = {}
for row in db.execute("SELECT case_id, number, access_code_hash, created_at FROM people"):
    people.setdefault(row[0], []).append(row[1:])

there = len(cases)
while there < count:
    some = min(20_000, count - there)
    db.execute("BEGIN IMMEDIATE")
    for _ in range(some):
        old, submitted_at, answers, status, due, updated_at = cases[dice.randrange(len(cases))]
        new = dice.randbytes(16)
        reference = "RC-" + "".join(dice.choices(letters, k=4)) + "-" + "".join(dice.choices(letters, k=4))
        row = (new, reference, dice.randbytes(16), submitted_at, answers, status, due, updated_at)
        if db.execute("INSERT OR IGNORE INTO cases VALUES (?, ?, ?, ?, ?, ?, ?, ?)", row).rowcount == 0:
            continue
        there += 1
        db.executemany(
            "INSERT INTO case_events (case_id, n, kind, at, actor_role, actor_name, body, prev_hash, hash) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
            [(new, *event) for event in events[old]],
        )
        db.executemany(
            "INSERT INTO people (id, case_id, number, access_code_hash, created_at) VALUES (?, ?, ?, ?, ?)",
            [(dice.randbytes(16), new, *person) for person in people[old]],
        )
    db.execute("COMMIT")
