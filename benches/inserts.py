"""The lower bound for durable writes: a loop that inserts rows of a draft's size into SQLite, one transaction each.
SQLite is set up as the server uses it (WAL, synchronous=FULL).

python3 inserts.py FOLDER SECONDS    prints one line of JSON
"""

import json
import pathlib
import sqlite3
import sys
import time

folder, seconds = pathlib.Path(sys.argv[1]), float(sys.argv[2])
db = sqlite3.connect(folder / f"inserts-{time.time_ns()}.db", isolation_level=None)
db.execute("PRAGMA journal_mode=WAL")
db.execute("PRAGMA synchronous=FULL")
db.execute("CREATE TABLE drafts (id INTEGER PRIMARY KEY, answers TEXT NOT NULL)")
answers = json.dumps({"what_happened": "The bathroom wall has been wet since January. " * 10})
began = time.perf_counter()
count = 0
while time.perf_counter() - began < seconds:
    for _ in range(10):
        db.execute("INSERT INTO drafts (answers) VALUES (?)", (answers,))
    count += 10
print(json.dumps({"per_second": count / (time.perf_counter() - began)}))
