"""Tells schemathesis how to send the body of an upload: the bytes as they are."""

import schemathesis

schemathesis.serializer.alias("application/offset+octet-stream", "application/octet-stream")
