"""`GET /helix/clips`: clips by id, or a page of a game's or channel's."""

from collections import Counter
from collections.abc import Callable, Collection, Mapping, Sequence
from functools import partial
from random import Random
from zlib import crc32

from .archive import Archive, Entry, Question, Selector
from .listing import end_of_list, page_at, page_before
from .manners import Manners
from .question import BAD_CURSOR, Params, read_first, read_offset, read_one, read_question, read_selector
from .refusal import RefusalError

Body = dict[str, object]


class Clips:
    """The endpoint.

    Args:
        archive: The clips that there are.
        games: Ids of games that are known though there is no clip of them.
    """

    def __init__(self, archive: Archive, games: Collection[str]) -> None:
        """Keep them."""
        self._archive = archive
        self._games = games
        self._caps: dict[Question, int] = {}
        self._queries = Counter[Question]()
        self._chance = Random(2)

    def ask(self, params: Params, now: float, manners: Manners) -> Callable[[], Body]:
        """Refuse at the front what lacks its one selector; give the way to the answer, which costs a point.

        Args:
            params: The query string.
            now: Wall time, POSIX seconds.
            manners: How to behave.
        """
        name, values = read_selector(params)
        if name == "id":
            return partial(self._by_ids, values, now, manners)
        return partial(self._list, (name, values[0]), params, now, manners)

    def _by_ids(self, ids: Sequence[str], now: float, manners: Manners) -> Body:
        """In the order of the ids, each once; nothing else of the question is looked at (the docs of 2026-11)."""
        if manners.first_id_only:
            ids = ids[:1]
        if len(ids) > manners.clip_ids_at_once:
            message = f'The parameter "id" was malformed: at most {manners.clip_ids_at_once} are allowed'
            raise RefusalError(400, message)
        found = (self._archive.by_id(clip_id, now) for clip_id in dict.fromkeys(ids))
        pagination: Body = {} if manners.last_page == "missing" else {"pagination": {}}
        return _body([entry for entry in found if entry is not None], pagination, manners)

    def _list(self, selector: Selector, params: Params, now: float, manners: Manners) -> Body:
        first = read_first(params, manners)
        question = read_question(params, selector, manners)
        after, before = read_one(params, "after"), read_one(params, "before")
        if before is not None and (after is not None or manners.before == "refused"):
            raise RefusalError(400, BAD_CURSOR)
        cursor = after or before
        offset = 0 if cursor is None else read_offset(cursor, manners)
        name, value = selector
        is_unknown = name == "game_id" and value not in self._games and not self._archive.has(selector)
        if is_unknown and manners.unknown_game == "404":
            raise RefusalError(404, "The game was not found.")
        if manners.moving_views:
            self._archive.move_views(manners.moving_views)
        if offset is None:
            return _body([], end_of_list([], manners), manners)
        if cursor is not None and manners.fails_from is not None and offset >= manners.fails_from:
            raise RefusalError(500)
        query = self._query(question, manners, is_new=cursor is None)
        listing = self._archive.listing(question, now, manners, query)
        if before is not None:
            return _body(*page_before(listing, offset, first, manners), manners)
        cap = self._cap(question, manners, is_new=after is None)
        return _body(*page_at(listing, offset, first, cap, manners), manners)

    def _cap(self, question: Question, manners: Manners, *, is_new: bool) -> int | None:
        """How many clips this query serves: seen to differ from one query to the next."""
        if not isinstance(manners.cap, tuple):
            return manners.cap
        if is_new or question not in self._caps:
            self._caps[question] = self._chance.randint(*manners.cap)
        return self._caps[question]

    def _query(self, question: Question, manners: Manners, *, is_new: bool) -> int:
        """What this query forgets by: another number than that of the same question's last; 0: it forgets nothing."""
        self._queries[question] += is_new
        return crc32(f"{question} {self._queries[question]}".encode()) if manners.forgetful else 0


def _body(entries: Sequence[Entry], pagination: Body, manners: Manners) -> Body:
    return {"data": [_written(entry, manners) for entry in entries], **pagination}


def _written(entry: Entry, manners: Manners) -> Mapping[str, object]:
    raw = {**entry.raw, "view_count": entry.views}
    if manners.created_at_form == "sqlite":
        raw["created_at"] = str(raw["created_at"]).replace("T", " ").removesuffix("Z")
    if manners.missing_fields:
        raw = {name: value for name, value in raw.items() if name not in manners.missing_fields}
    return raw
