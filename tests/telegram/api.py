"""The Bot API as published: does it know this call, and are the parameters of the right types?"""

import json
import os
import re
from collections.abc import Callable, Container, Mapping
from functools import cache
from pathlib import Path
from typing import Any, Final

DESCRIPTION: Final = (
    Path(__file__).resolve().parents[3] / "shared" / "data" / "telegram-bot-api-10.2.json"
)
"""The published description; kept beside the project, not in it."""

Reader = Callable[[Any], Any]
"""Returns the value as the right type; raises `WrongTypeError`."""

_MUST_BE: Final = re.compile(r"must be (\w+)")
_ONE_OF: Final = re.compile(r"^ - (\w+)$", re.MULTILINE)
_ALSO_PLAIN_TEXT: Final = frozenset({"KeyboardButton", "RichText"})
_NEEDLESS: Final = frozenset({"reply_markup"})
"""aiogram_dialog puts a keyboard into the media it edits; Telegram ignores it there."""


class WrongTypeError(Exception):
    """A value is not what the description says; the text names the field and what was expected."""


class UnknownMethodError(Exception):
    """The Bot API has no method of that name."""


class BotApi:
    """Checks calls against the description; what it learns about a method or type it keeps."""

    def __init__(self, description: Mapping[str, Any]) -> None:
        """Read the description as published (a JSON object with `items`)."""
        entries = [child for group in description["items"] for child in group["children"]]
        self._methods = {e["name"].lower(): e for e in entries if e["category"] == "methods"}
        self._types = {e["name"]: e for e in entries if e["category"] == "types"}
        self._readers: dict[str, dict[str, tuple[Reader, bool]]] = {}
        self._objects: dict[str, Reader] = {}

    @property
    def methods(self) -> frozenset[str]:
        """Names of all methods, as published."""
        return frozenset(entry["name"] for entry in self._methods.values())

    def read(
        self, method: str, fields: Mapping[str, str], uploads: Container[str]
    ) -> dict[str, Any]:
        """Return the parameters of a call as typed values.

        Args:
            method: name of the method, in any case as Telegram allows.
            fields: parameters as they came in the form, all text.
            uploads: names of the parts of the form that are files.

        Raises:
            UnknownMethodError: there is no such method.
            WrongTypeError: a parameter is unknown, missing or of the wrong type.
        """
        known = self._parameters(method)
        for name in fields:
            if name not in known:
                message = f"unknown parameter {name}"
                raise WrongTypeError(message)
        for name, (_, required) in known.items():
            if required and name not in fields and name not in uploads:
                message = f"parameter {name} is required"
                raise WrongTypeError(message)
        return {name: _named(name, known[name][0], value) for name, value in fields.items()}

    def _parameters(self, method: str) -> dict[str, tuple[Reader, bool]]:
        kept = self._readers.get(method)
        if kept is not None:
            return kept
        entry = self._methods.get(method.lower())
        if entry is None:
            raise UnknownMethodError(method)
        found = {
            field["name"]: (_from_form(self._reader(field["type"]), field["type"]), _needed(field))
            for field in entry["annotations"]
        }
        self._readers[method] = found
        return found

    def _reader(self, name: str) -> Reader:
        if name in _SIMPLE:
            return _SIMPLE[name]
        if name.startswith("Array of "):
            return _array(self._reader_of_any(name.removeprefix("Array of ")))
        return self._reader_of_any(name)

    def _reader_of_any(self, name: str) -> Reader:
        if name.startswith("Array of "):
            return self._reader(name)
        names = re.split(r", | and | or ", name)
        if len(names) > 1:
            return _any([self._reader(part) for part in names])
        if name in _SIMPLE:
            return _SIMPLE[name]

        def read(value: object) -> object:
            # Types may contain themselves, so what a name stands for is looked up as late as this.
            return self._object(name)(value)

        return read

    def _object(self, name: str) -> Reader:
        if name not in self._objects:
            entry = self._types[name]
            kinds = _ONE_OF.findall(entry["description"])
            self._objects[name] = (
                self._any_kind(kinds)
                if kinds and not entry["annotations"]
                else self._one_kind(entry)
            )
        return self._objects[name]

    def _one_kind(self, entry: Mapping[str, Any]) -> Reader:
        readers = {field["name"]: self._reader(field["type"]) for field in entry["annotations"]}
        required = [field["name"] for field in entry["annotations"] if field["required"]]
        ignored = _NEEDLESS if entry["name"].startswith("InputMedia") else frozenset()

        def read(value: object) -> object:
            if isinstance(value, str) and entry["name"] in _ALSO_PLAIN_TEXT:
                return value
            if not isinstance(value, dict):
                message = f"expected a {entry['name']}"
                raise WrongTypeError(message)
            for name in required:
                if name not in value:
                    message = f"{entry['name']} needs {name}"
                    raise WrongTypeError(message)
            for name in value:
                if name not in readers and name not in ignored:
                    message = f"{entry['name']} has no {name}"
                    raise WrongTypeError(message)
            return {k: _named(k, readers[k], v) for k, v in value.items() if k not in ignored}

        return read

    def _any_kind(self, kinds: list[str]) -> Reader:
        by_type: dict[str, list[str]] = {}
        for kind in kinds:
            for field in self._types[kind]["annotations"]:
                found = _MUST_BE.search(field["description"])
                if field["name"] in {"type", "source", "status"} and found:
                    by_type.setdefault(found[1], []).append(kind)

        def read(value: object) -> object:
            named = value.get("type") if isinstance(value, dict) else None
            fitting = by_type.get(named, kinds) if isinstance(named, str) else kinds
            return _any([self._object(kind) for kind in fitting])(value)

        return read


def _needed(field: Mapping[str, Any]) -> bool:
    return bool(field["required"])


def _named(name: str, reader: Reader, value: object) -> object:
    try:
        return reader(value)
    except WrongTypeError as error:
        message = f"{name}: {error}"
        raise WrongTypeError(message) from None


def _from_form(reader: Reader, type_name: str) -> Reader:
    """Read a value that came as text in a form: plain types as they are, all else as JSON."""
    plain = {"String", "InputFile", "InputFile or String", "Integer or String"}
    if type_name in plain:
        return reader

    def read(value: str) -> object:
        try:
            return reader(json.loads(value))
        except ValueError:
            message = f"expected {type_name} as JSON"
            raise WrongTypeError(message) from None

    return read


def _text(value: object) -> str:
    if not isinstance(value, str):
        message = "expected a String"
        raise WrongTypeError(message)
    return value


def _integer(value: object) -> int:
    if isinstance(value, bool) or not isinstance(value, int):
        message = "expected an Integer"
        raise WrongTypeError(message)
    return value


def _float(value: object) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float):
        message = "expected a Float"
        raise WrongTypeError(message)
    return value


def _boolean(value: object) -> bool:
    if not isinstance(value, bool):
        message = "expected a Boolean"
        raise WrongTypeError(message)
    return value


def _integer_or_text(value: object) -> int | str:
    if isinstance(value, int) and not isinstance(value, bool):
        return value
    text = _text(value)
    return int(text) if re.fullmatch(r"-?\d{1,18}", text) else text


def _array(reader: Reader) -> Reader:
    def read(value: object) -> object:
        if not isinstance(value, list):
            message = "expected an Array"
            raise WrongTypeError(message)
        return [_named(str(place), reader, part) for place, part in enumerate(value)]

    return read


def _any(readers: list[Reader]) -> Reader:
    def read(value: object) -> object:
        failures: list[str] = []
        for reader in readers:
            try:
                return reader(value)
            except WrongTypeError as error:
                failures.append(str(error))
        raise WrongTypeError(" | ".join(failures))

    return read


_SIMPLE: Final[Mapping[str, Reader]] = {
    "String": _text,
    "Integer": _integer,
    "Float": _float,
    "Boolean": _boolean,
    "True": _boolean,
    "Integer or String": _integer_or_text,
    "InputFile": _text,
    "InputFile or String": _text,
}


class DescriptionMissingError(Exception):
    """The published description is not beside the project."""


@cache
def published() -> BotApi:
    """Return the checker for the description beside the project.

    Raises:
        DescriptionMissingError: the file is not there.
    """
    if not DESCRIPTION.is_file():
        raise DescriptionMissingError(DESCRIPTION.name)
    return BotApi(json.loads(DESCRIPTION.read_text(encoding="utf-8")))


def missing_is_a_failure() -> bool:
    """Tell whether tests must fail, not be skipped, where the description is missing."""
    return os.environ.get("CI") == "true"
