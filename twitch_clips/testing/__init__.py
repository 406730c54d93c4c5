"""An embedded Helix, an event loop whose time jumps, and checks of what you put in the place of the client's parts.

`FakeHelix` is the server; `twitch_clips.testing.pytest` has it as a fixture for pytest. `VirtualLoop` is the event
loop. `check_bucket`, `check_sink` and `check_auth` say what a bucket, an export's sink or a source of tokens of your
own does not hold. Nothing of the client is in the server: it cannot confirm the client's mistakes.

What the server can be told to do follows. TI#n is https://github.com/twitchdev/issues/issues/n, the guide
https://dev.twitch.tv/docs/api/guide/, the reference https://dev.twitch.tv/docs/api/reference/, the mock Twitch's own
(`twitch mock-api start`), recorded what people have kept of real answers. Times are seconds unless they are a
`timedelta`. What has no source is there for the sake of tests.

**How it is made**: `FakeHelix(...)`.

| argument | default | what it is |
|---|---|---|
| `clips` | `None` | the catalogue, in Helix's JSON (the reference); `None`: an invented one |
| `users` | `None` | channels and viewers, in Helix's JSON (the reference); `None`: invented ones |
| `games` | `None` | games, in Helix's JSON (the reference); `None`: invented ones |
| `now` | `None` | wall time at the start; `None`: the event loop's, else the real one |
| `limit` | `800` | points in a full bucket, and points a minute that come back (the guide) |
| `port` | `0` | where to listen on 127.0.0.1; 0: any free port |
| `manners` | `Manners()` | how to behave: below |

**What happens while it runs**: methods of `FakeHelix`.

| method | what happens at Twitch |
|---|---|
| `fail(fault, *, on='clips', skip=0, times=1)` | one of the faults below, on an endpoint, at some requests |
| `heal()` | all faults are over |
| `revoke()` | every access token dies, as tokens do for many reasons; 401 from then on (the guide) |
| `add(*clips)` | somebody clips; whoever has polled before sees it from now on |
| `remove(*clip_ids)` | clips go, as when somebody deletes them |
| `rename(user_id, login)` | a channel takes another login; its clips keep the name they have |
| `spend(points, *, user=False)` | another program with the same client id spends points (the guide) |

**What it tells**: attributes of `FakeHelix`.

| attribute | what it is |
|---|---|
| `client_id`, `client_secret` | the one application that it knows |
| `access_token` | a token of the application, good for 5,000,000 seconds (recorded: 55 to 62 days) |
| `user_id`, `user_token`, `refresh_token` | a user, and a token of theirs, good for four hours (recorded) |
| `api_url`, `auth_url`, `port` | where it is |
| `manners`, `limit` | as they were given; may be replaced while it runs |
| `now` | wall time, of which `Date` and `Ratelimit-Reset` speak |
| `targets` | path and query of each request to the API so far |
| `tokens`, `validations` | how many tokens it has given, and how often one was asked about |

**How it behaves**: fields of `Manners`, each with its longer word there. `TWITCH_CLI` has the mock's.

| field | default | what it is |
|---|---|---|
| `cap` | `1000` | clips that a query serves at most (TI#133, TI#1188); a pair: anything between; `None`: all |
| `cap_ending` | `'gone'` | behind it no cursor (TI#133), one for ever (TI#1045), rounds (TI#1188), a 500 (TI#360) |
| `last_page` | `'empty_object'` | how the end of a listing is written: seven ways (the reference, the guide) |
| `fails_from` | `None` | the offset, in clips, from which pages are a 500 for ever (TI#360) |
| `full_page_has_cursor` | `False` | a full last page leads to an empty one (the mock) |
| `short_pages` | `None` | clips in a page at most, whatever was asked for (the guide, "Lists are dynamic") |
| `first_clamped` | `False` | a `first` beyond 1 to 100 is taken for 20 (the mock), not refused |
| `grid` | `0:10:00` | both ends of a time window are cut down to a multiple (TI#52, TI#521) |
| `edges` | `'start'` | which ends belong to a window (TI#52; the mock: `neither`) |
| `lone_end` | `'ignored'` | what an `ended_at` alone does (the reference until 2022; the mock: `refused`) |
| `late` | `0:00:00` | how long after it was made a clip is listed (TI#935, TI#1135) |
| `lossy_over` | `None` | windows wider than this `timedelta` lack clips, always the same (TI#48, TI#80) |
| `lossy_share` | `0.02` | the share of the clips that they lack, 0 to 1 |
| `forgetful` | `0.0` | the share that any query lacks, others each time, 0 to 1 (TI#48) |
| `hidden` | `frozenset()` | ids that no listing has, and a look-up does (TI#981) |
| `missing_fields` | `frozenset()` | names of fields that clips lack (recorded in 2021; the mock) |
| `created_at_form` | `'rfc3339'` | how times are written (the mock: `sqlite`) |
| `order` | `'views'` | by falling views (the reference), or `random` (TI#1147) |
| `moving_views` | `0` | clips that gain views before each request (the guide, "Lists are dynamic") |
| `unknown_game` | `'404'` | what a game that is not there gives (the reference; the mock: `empty`) |
| `before` | `'refused'` | what the cursor of `before` gives (TI#1012; by the reference: `served`) |
| `clip_ids_at_once` | `100` | more ids in a request are refused (the reference) |
| `first_id_only` | `False` | further ids in a request are ignored (the mock) |
| `bad_identifiers` | `'fail_batch'` | one malformed login fails all of a request (other clients' live tests) |
| `counts_points` | `True` | a request costs a point (the guide); the mock does not count |
| `refill` | `None` | points a minute that come back (TI#597: 600, and said 800); `None`: the limit |
| `reset` | `'full'` | what `Ratelimit-Reset` is the moment of (the guide; as measured in 2017: `minute`) |
| `rate_headers` | `'right'` | as they should be, or not (missing: the mock, and recorded 401s) |
| `rotate_refresh_tokens` | `True` | a refresh token is good for one use (TI#895) |
| `public_client` | `False` | a refresh needs no client secret (TI#895) |
| `token_form_strict` | `False` | only `application/x-www-form-urlencoded` to the letter is read (the mock) |
| `gzip` | `False` | bodies are compressed for whoever takes that (recorded) |
| `latency` | `0.0` | seconds from a request's arrival, when it costs its point, to its answer |
| `round_trip` | `(0.0, 0.0)` | seconds under way, from and to, drawn anew for each request |

**What goes wrong**: functions of `twitch_clips.testing.faults`, for `FakeHelix.fail`.

| fault | what the client meets |
|---|---|
| `status(code, message='', *, headers=None)` | an error in Helix's own shape (recorded; TI#592) |
| `raw(code, body, *, content_type='text/html', headers=None)` | an edge's or a proxy's answer (TI#758) |
| `too_many(*, remaining=0, reset=60)` | a 429; with points left it is some other limit (the guide, TI#958) |
| `cut()` | half of an answer |
| `close()` | a connection that is closed in order, as idle ones are |
| `reset()` | a connection that is torn down |
| `hang(seconds=3600)` | silence |
| `endless(*, pause=0.01)` | a body without an end; `pause` in seconds from chunk to chunk |
| `redirect(url, *, code=302)` | another address, as of a portal or a proxy |
| `edit(change)` | the right answer, with other JSON (the guide: fields may come; recorded: nulls) |
| `headers(changed)` | the right answer, with other headers |
| `empty()` | a page without clips, and a cursor (the guide, "Lists are dynamic") |
"""

from . import faults
from .auth_check import check_auth
from .bucket_check import check_bucket
from .catalogue import JUST_CHATTING, RawClip, synthetic_clips
from .channel import synthetic_channel
from .fake_helix import FakeHelix
from .light_clips import light_clips
from .manners import TWITCH_CLI, Manners
from .sink_check import check_sink
from .virtual_loop import VirtualLoop

__all__ = [
    "JUST_CHATTING",
    "TWITCH_CLI",
    "FakeHelix",
    "Manners",
    "RawClip",
    "VirtualLoop",
    "check_auth",
    "check_bucket",
    "check_sink",
    "faults",
    "light_clips",
    "synthetic_channel",
    "synthetic_clips",
]
