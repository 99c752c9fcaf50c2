"""Makes what schemathesis cannot make itself: a draft with a file, and two cases with a resident signed in to each.

    python contract.py http://127.0.0.1:8080

Prints NAME=value lines, which become the environment of schemathesis.toml. All people and places are made up.
"""

import json
import sys
import urllib.request

ANSWERS = {
    "role": {"role": "resident"},
    "resident_name": {"full_name": "Siân O'Neill"},
    "home_address": {"line_1": "4 Test Court", "town": "Anytown", "postcode": "ZZ1 1AA"},
    "contact": {"email": "sian@example.org"},
    "landlord": {"name": "Example Homes"},
    "stage": {"stage": "waiting_stage_1"},
    "dates": {"complained_on": "unknown"},
    "category": {"category": "other"},
    "what_happened": {"what_happened": "Mould in the bedroom."},
    "put_right": {"put_right": "Treat the mould."},
    "evidence": {},
    "declaration": {"agreed": True},
}


def call(method, path, body=None, token=None, **headers):
    request = urllib.request.Request(sys.argv[1] + path, method=method)
    if isinstance(body, bytes):
        request.data = body
    elif body is not None:
        request.data = json.dumps(body).encode()
        request.add_header("Content-Type", "application/json")
    if token:
        request.add_header("Authorization", f"Bearer {token}")
    for name, value in headers.items():
        request.add_header(name.replace("_", "-"), value)
    with urllib.request.urlopen(request) as answer:
        return json.load(answer)


def draft():
    made = call("POST", "/api/v1/drafts")
    return made["id"], made["token"]


def case():
    sent, token = draft()
    for step, body in ANSWERS.items():
        call("PUT", f"/api/v1/drafts/{sent}/answers/{step}", body, token)
    receipt = call("POST", f"/api/v1/drafts/{sent}/submission", b"", token, Idempotency_Key="contract")
    details = {name: receipt[name] for name in ("reference", "access_code")}
    session = call("POST", "/api/v1/sessions", details, Prefer="return=representation")
    return receipt["reference"], session["token"]


def main():
    reference, session = case()
    other_reference, other_session = case()
    own, token = draft()
    octets = {"Content_Type": "application/octet-stream", "Upload_Length": "5"}
    file = call("POST", "/api/v1/uploads", b"Hello", token, **octets)
    print(f"ONRECORD_DRAFT={own}")
    print(f"ONRECORD_DRAFT_TOKEN={token}")
    print(f"ONRECORD_UPLOAD={file['id']}")
    print(f"ONRECORD_REFERENCE={reference}")
    print(f"ONRECORD_SESSION={session}")
    print(f"ONRECORD_OTHER_REFERENCE={other_reference}")
    print(f"ONRECORD_OTHER_SESSION={other_session}")


main()
