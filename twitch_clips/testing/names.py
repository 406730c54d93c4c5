"""`GET /helix/users` and `GET /helix/games`: names to ids and ids to names, a hundred at a time."""

import re
from collections.abc import Callable, Collection, Iterable, Mapping

from .manners import Manners
from .question import Params
from .refusal import RefusalError

Answering = Callable[[], dict[str, object]]
"""Makes the answer, which costs a point, or refuses."""

_AT_ONCE = 100
_FORMS = {"login": re.compile(r"\w{1,25}", re.ASCII), "id": re.compile(r"\d+", re.ASCII)}
_BAD_IDENTIFIERS = "Invalid username(s), email(s), or ID(s). Bad Identifiers."


class Directory:
    """Records that are found by some of their fields, whatever the case, and answered in their own order.

    Args:
        records: As Helix writes them.
        fields: Names of parameters that are names of fields, too.
    """

    def __init__(self, records: Iterable[Mapping[str, object]], fields: tuple[str, ...]) -> None:
        """Keep them."""
        self._records = tuple(dict(record) for record in records)
        self._fields = fields

    def ids(self) -> frozenset[str]:
        """Of all records."""
        return frozenset(str(record["id"]) for record in self._records)

    def rename(self, record_id: str, names: Mapping[str, object]) -> None:
        """Give the record with this id other names, under their fields."""
        for record in self._records:
            if record["id"] == record_id:
                record.update(names)

    def ask(self, params: Params) -> Answering:
        """Refuse at the front a question for nothing; give the way to the answer, which costs a point.

        Unknown names and ids are left out of the answer (the reference).
        """
        wanted = {field: {value.lower() for value in params.get(field, ())} for field in self._fields}
        if not any(wanted.values()):
            raise RefusalError(400, f'Missing required parameter "{self._fields[0]}"')

        def find() -> dict[str, object]:
            if sum(len(params.get(field, ())) for field in self._fields) > _AT_ONCE:
                raise RefusalError(400, f"At most {_AT_ONCE} names and ids are allowed")
            return {"data": [record for record in self._records if _matches(record, wanted)]}

        return find


def ask_users(users: Directory, params: Params, user_id: str | None, manners: Manners) -> Answering:
    """Ask for users with the token of `user_id`, if it is a user's: asking for nobody is asking for that one.

    One malformed login or id fails the whole request: other clients' live tests show it.
    """
    if user_id is not None and not any(params.get(field) for field in _FORMS):
        params = {"id": [user_id]}
    find = users.ask(params)

    def answer() -> dict[str, object]:
        malformed = [
            value for field, form in _FORMS.items() for value in params.get(field, ()) if not form.fullmatch(value)
        ]
        if malformed and manners.bad_identifiers == "fail_batch":
            raise RefusalError(400, _BAD_IDENTIFIERS)
        return find()

    return answer


def _matches(record: Mapping[str, object], wanted: Mapping[str, Collection[str]]) -> bool:
    return any(str(record.get(field, "")).lower() in values for field, values in wanted.items())
