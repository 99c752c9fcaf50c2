"""Sends a file with tuspy, unmodified, with a pause after the first chunks, and prints what came of it.

    python client.py ENDPOINT TOKEN FILE CHUNK

CHUNK is how many bytes one request brings. Each has its checksum.
"""

import json
import sys
from urllib.parse import urlsplit

from tusclient import client

endpoint, token, path, chunk = sys.argv[1:]
tus = client.TusClient(endpoint, headers={"Authorization": f"Bearer {token}"})
metadata = {"filename": "mould é.jpg", "purpose": "evidence"}


def uploader(**more):
    return tus.uploader(path, chunk_size=int(chunk), metadata=metadata, retries=2, retry_delay=1, upload_checksum=True, **more)


first = uploader()
first.upload_chunk()
first.upload_chunk()
# A second run of the client, which knows only the upload's URL.
second = uploader(url=first.url)
resumed_at = second.offset
second.upload()
print(json.dumps({"url": urlsplit(second.url).path, "resumed_at": resumed_at, "offset": second.offset}))
