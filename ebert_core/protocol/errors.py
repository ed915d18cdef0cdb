"""The one error that people see as it is; everything else is a mistake of ours."""


class InvalidRequest(Exception):
    """Something the user can put right; the message is one sentence that says what and how."""
