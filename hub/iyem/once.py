"""Writes that may be repeated: the same request under the same key is done once and answered alike.

The receipt is written in the transaction of what it is about, so a write that was rolled back left none.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping
from typing import Any

from sqlalchemy import insert, select

from hub.iyem.errors import RepeatedKeyError
from hub.store.change import Change
from hub.store.personal import Keys
from hub.store.schema import WriteReceipt, table_of

_TABLE = table_of(WriteReceipt)
PURPOSE = "write-receipt"


def once(
    change: Change, keys: Keys, caller: str, key: str, asked: Mapping[str, Any], do: Callable[[], dict[str, Any]]
) -> dict[str, Any]:
    """What ``do`` answers (JSON-ready), or what it answered when ``caller`` asked the same under ``key`` before.

    ``asked`` is the request's content; only a keyed digest of it is kept. Raises
    :class:`~hub.iyem.errors.RepeatedKeyError` where another request was made under the key.
    """
    text = json.dumps(asked, sort_keys=True, default=str, ensure_ascii=False)
    fingerprint = hashlib.sha256(keys.lookup(text, PURPOSE)).digest()
    statement = select(_TABLE.c.fingerprint, _TABLE.c.answer).where(_TABLE.c.caller == caller, _TABLE.c.key == key)
    row = change.connection.execute(statement).one_or_none()
    if row is not None:
        if row.fingerprint != fingerprint:
            raise RepeatedKeyError("Bu istek numarası başka bir istek için kullanılmış.")
        answer: dict[str, Any] = json.loads(row.answer)
        return answer
    answer = do()
    values = {"caller": caller, "key": key, "fingerprint": fingerprint, "answer": json.dumps(answer), "at": change.at}
    change.connection.execute(insert(_TABLE).values(**values))
    return answer
