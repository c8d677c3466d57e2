"""What Schemathesis may not do: take away the token by which it asks."""

import os

import schemathesis

OWN = os.environ["DOPPELFLEET_TOKEN_NAME"]


@schemathesis.hook
def filter_case(context, case):
    return not (case.method == "DELETE" and case.path == "/tokens/{name}" and case.path_parameters.get("name") == OWN)
