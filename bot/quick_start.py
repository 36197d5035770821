"""Imports aiogram without building its several hundred models at once.

aiogram's models are declared to be built on first use, but importing `aiogram.types` builds all of
them, which takes longer than everything else in a start together. Here that is left out, and every
module of the types is given the names that its models refer to, so that pydantic finds them when
a model is first used. Where aiogram is imported already, nothing is changed.
"""

import gc
import sys
from collections.abc import Iterator
from contextlib import contextmanager

from pydantic import BaseModel

_TYPES = "aiogram.types"


@contextmanager
def without_collecting() -> Iterator[None]:
    """Import much without looking for garbage in between: nothing of it is."""
    gc.disable()
    try:
        yield
    finally:
        gc.enable()


def import_aiogram() -> None:
    """Import aiogram's types, to be built when they are first used."""
    if _TYPES in sys.modules:
        return
    build = BaseModel.__dict__["model_rebuild"]
    BaseModel.model_rebuild = classmethod(_build_nothing)  # type: ignore[assignment, method-assign]
    try:
        from aiogram import types  # noqa: PLC0415 - the point of this module
    finally:
        BaseModel.model_rebuild = build  # type: ignore[method-assign]
    names = {name: getattr(types, name) for name in types.__all__}
    for module in [found for name, found in sys.modules.items() if name.startswith(_TYPES)]:
        for name, value in names.items():
            vars(module).setdefault(name, value)


def _build_nothing(_model: type[BaseModel], /, **_options: object) -> None:
    """Stand in for `BaseModel.model_rebuild`."""
