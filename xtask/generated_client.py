"""Uses the client that openapi-python-client generated from the description, as an integrator would.

    python generated_client.py http://127.0.0.1:8080 ork_...

Files a complaint with a file, signs in, reads the case, and adds an event at the desk. All people and places are made up.
"""

import io
import sys
import uuid

from onrecord_client import AuthenticatedClient, Client
from onrecord_client import models
from onrecord_client.api.answers import (
    save_category,
    save_contact,
    save_dates,
    save_declaration,
    save_evidence,
    save_home_address,
    save_landlord,
    save_put_right,
    save_resident_name,
    save_role,
    save_stage,
    save_what_happened,
)
from onrecord_client.api.evidence import add_file
from onrecord_client.api.filling_in import create_draft, send_complaint
from onrecord_client.api.following_a_case import show_case, show_timeline, sign_in
from onrecord_client.api.the_organisation import add_desk_event, show_desk_case
from onrecord_client.types import File

URL, DESK_KEY = sys.argv[1:]

ANSWERS = [
    (save_role, models.RoleAnswer, {"role": "resident"}),
    (save_resident_name, models.ResidentNameAnswer, {"full_name": "Siân O'Neill"}),
    (save_home_address, models.HomeAddressAnswer, {"line_1": "4 Test Court", "town": "Anytown", "postcode": "ZZ1 1AA"}),
    (save_contact, models.ContactAnswer, {"email": "sian@example.org"}),
    (save_landlord, models.LandlordAnswer, {"name": "Example Homes"}),
    (save_stage, models.StageAnswer, {"stage": "waiting_stage_1"}),
    (save_dates, models.DatesAnswer, {"complained_on": {"year": 2026, "month": 3}}),
    (save_category, models.CategoryAnswer, {"category": "other"}),
    (save_what_happened, models.WhatHappenedAnswer, {"what_happened": "Mould in the bedroom."}),
    (save_put_right, models.PutRightAnswer, {"put_right": "Treat the mould."}),
    (save_evidence, models.EvidenceAnswer, {}),
    (save_declaration, models.DeclarationAnswer, {"agreed": True}),
]


def done(answer, *statuses):
    """Returns the body of a response with one of these statuses."""
    assert answer.status_code in statuses, (answer.status_code, answer.content)
    return answer.parsed


def main():
    made = done(create_draft.sync_detailed(client=Client(base_url=URL)), 201)
    holder = AuthenticatedClient(base_url=URL, token=made.token)
    for call, body, answer in ANSWERS:
        done(call.sync_detailed(id=made.id, client=holder, body=body.from_dict(answer)), 200)
    words = b"Damp report of 3 March."
    file = File(payload=io.BytesIO(words), file_name="report.txt")
    # "report.txt" in base64, as tus requires.
    uploaded = add_file.sync_detailed(
        client=holder, body=file, upload_length=len(words), upload_metadata="filename cmVwb3J0LnR4dA=="
    )
    assert done(uploaded, 201).filename == "report.txt"
    receipt = done(send_complaint.sync_detailed(id=made.id, client=holder, idempotency_key=str(uuid.uuid4())), 200, 201)

    details = models.WithAccessCode(reference=receipt.reference, access_code=receipt.access_code)
    session = done(
        sign_in.sync_detailed(client=Client(base_url=URL), body=details, prefer="return=representation"), 200, 201
    )
    person = AuthenticatedClient(base_url=URL, token=session.token)
    case = done(show_case.sync_detailed(receipt.reference, client=person), 200)
    assert case.issues[0].what_happened == "Mould in the bedroom.", case.issues
    assert [file.filename for file in case.files] == ["report.txt"]

    desk = AuthenticatedClient(base_url=URL, token=DESK_KEY)
    message = models.NewEventMessageSent(
        type_=models.NewEventMessageSentType.MESSAGE_SENT, message="We have read your complaint."
    )
    key = str(uuid.uuid4())
    added = done(add_desk_event.sync_detailed(receipt.reference, client=desk, body=message, idempotency_key=key), 201)
    assert isinstance(added.body, models.EventBodyMessageSent), added.body
    whole = done(show_desk_case.sync_detailed(receipt.reference, client=desk), 200)
    # Each kind of event has a type of its own.
    assert [type(event.body).__name__ for event in whole.events] == ["EventBodySubmitted", "EventBodyMessageSent"]
    timeline = done(show_timeline.sync_detailed(receipt.reference, client=person), 200)
    assert timeline.entries[-1].message == "We have read your complaint."
    # Both members of the union whose first one is composed with `allOf`.
    assert models.ConsentOpen and models.ConsentAnswered
    print("a complaint was filed, read and answered with the generated client")


main()
