"""The nouns of participation as frozen dataclasses and enums; see `docs/glossary.md`."""
