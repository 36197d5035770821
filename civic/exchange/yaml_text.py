"""YAML as people write it in cycle files: no surprises from the format itself.

Only `true`, `false`, `null` and whole numbers are anything but text. So `18:00`, `no` and
`2026-11-13` stay what they look like, which plain YAML 1.1 would turn into 1080, false and a
date object.
"""

import re
from collections.abc import Hashable
from typing import Any, Final

import yaml
from typing_extensions import override

from civic.exchange.problems import InvalidFile, Problem, shown

MAX_CHARACTERS: Final = 1_000_000
"""Longest file that is read."""

_Resolvers = dict[str, list[tuple[str, "re.Pattern[str]"]]]


class _Loader(yaml.SafeLoader):
    """Refuses repeated keys and aliases, both of which hide what a file says."""

    yaml_implicit_resolvers: _Resolvers = {}  # noqa: RUF012 - filled below, never changed later

    @override
    def compose_node(self, parent: yaml.Node | None, index: int) -> yaml.Node | None:
        if self.check_event(yaml.AliasEvent):
            raise yaml.composer.ComposerError(
                None,
                None,
                "an alias (*); write the text out",
                self.peek_event().start_mark,  # type: ignore[no-untyped-call]
            )
        return super().compose_node(parent, index)

    @override
    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Hashable, Any]:
        seen: set[str] = set()
        for key, _ in node.value:
            written = str(key.value)
            if written in seen:
                raise yaml.constructor.ConstructorError(
                    None, None, f"the key {shown(written)} a second time", key.start_mark
                )
            seen.add(written)
        return super().construct_mapping(node, deep)


_Loader.add_implicit_resolver("tag:yaml.org,2002:bool", re.compile("^(?:true|false)$"), list("tf"))
_Loader.add_implicit_resolver(
    "tag:yaml.org,2002:null", re.compile("^(?:null|~|)$"), ["n", "~", ""]
)
_Loader.add_implicit_resolver(
    "tag:yaml.org,2002:int", re.compile("^(?:0|-?[1-9][0-9_]*)$"), list("-0123456789")
)


def read_yaml(text: str, name: str) -> object:
    """Return what the YAML `text` of the file `name` holds.

    That is dicts, lists, text, whole numbers, booleans and None.
    Raises `InvalidFile` when the text is too long or is not YAML.
    """
    if len(text) > MAX_CHARACTERS:
        raise InvalidFile(
            [Problem(name, "", f"at most {MAX_CHARACTERS} characters", f"{len(text)}")]
        )
    try:
        return yaml.load(text, Loader=_Loader)  # noqa: S506 - the loader is a stricter SafeLoader
    except yaml.MarkedYAMLError as error:
        line = "" if error.problem_mark is None else f"line {error.problem_mark.line + 1}"
        raise InvalidFile([Problem(name, line, "readable YAML", str(error.problem))]) from error
    except (yaml.YAMLError, RecursionError) as error:
        raise InvalidFile([Problem(name, "", "readable YAML", shown(str(error)))]) from error
