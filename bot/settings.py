"""Settings from the environment and `.env`; every name begins with `DAUYS_`."""

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Final, Self

from pydantic import AnyHttpUrl, Field, SecretStr, TypeAdapter, ValidationError, field_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError

from bot.channels.budgets import BUDGETS

PREFIX: Final = "DAUYS_"
DEFAULT_DATABASE: Final = "sqlite+aiosqlite:///var/dauys.db"
_TOKEN: Final = re.compile(r"\d{3,20}:[A-Za-z0-9_-]{10,100}")
_SECRET_LENGTH: Final = 32
_LIMIT: Final = re.compile(r"(?P<channel>\w+)\s*=\s*(?:(?P<number>[1-9]\d{0,6})|none)")


class SettingsError(Exception):
    """A setting is missing or wrong; the text is one line that names the variable."""


def _http_url(value: str) -> str:
    try:
        TypeAdapter(AnyHttpUrl).validate_python(value)
    except ValidationError as error:
        message = "a web address such as https://dauys.example.kz"
        raise ValueError(message) from error
    return value.rstrip("/")


class Settings(BaseSettings):
    """What an operator may set."""

    model_config = SettingsConfigDict(
        env_prefix=PREFIX, env_file=".env", env_ignore_empty=True, extra="ignore"
    )

    host: str = "127.0.0.1"
    port: Annotated[int, Field(ge=1, le=65535)] = 8080
    database_url: str = DEFAULT_DATABASE
    redis_url: str | None = None
    secret_key: SecretStr | None = None
    public_url: str | None = None
    telegram_token: SecretStr | None = None
    telegram_api: str = "https://api.telegram.org"
    telegram_rate: Annotated[int, Field(ge=1, le=1000)] = 30
    """Messages of news a second; Telegram permits more only to those who pay for it."""
    new_people: Annotated[Mapping[str, int | None], NoDecode] = Field(default_factory=dict)
    """How many people who have not written for a day may be told a day, on each channel.

    None = as many as there are; channels that are left out keep to what they publish.
    """
    metrics_port: Annotated[int, Field(ge=1, le=65535)] | None = None
    """Where Prometheus finds its numbers, on this machine only."""
    trusted_proxies: Annotated[int, Field(ge=0, le=5)] = 0
    """How many reverse proxies stand in front.

    That many entries of X-Forwarded-For are believed.
    """

    @field_validator("database_url")
    @classmethod
    def _database(cls, value: str) -> str:
        expected = f"{DEFAULT_DATABASE} or postgresql+asyncpg://user:password@host/name"
        try:
            url = make_url(value)
        except ArgumentError:
            raise ValueError(expected) from None
        if url.drivername not in {"sqlite+aiosqlite", "postgresql+asyncpg"} or not url.database:
            raise ValueError(expected)
        return value

    @field_validator("redis_url")
    @classmethod
    def _redis(cls, value: str | None) -> str | None:
        if value is not None and not re.fullmatch(r"rediss?://\S+", value):
            message = "redis://host:6379/0"
            raise ValueError(message)
        return value

    @field_validator("new_people", mode="before")
    @classmethod
    def _new_people(cls, value: object) -> object:
        if not isinstance(value, str):
            return value
        found: dict[str, int | None] = {}
        for part in value.split(","):
            limit = _LIMIT.fullmatch(part.strip())
            if limit is None or limit["channel"] not in BUDGETS:
                message = (
                    "a channel and a number a day, or none, such as whatsapp=2000,telegram=none; "
                    f"channels: {', '.join(sorted(BUDGETS))}"
                )
                raise ValueError(message)
            found[limit["channel"]] = int(limit["number"]) if limit["number"] else None
        return found

    @field_validator("public_url", "telegram_api")
    @classmethod
    def _url(cls, value: str | None) -> str | None:
        return None if value is None else _http_url(value)

    @field_validator("telegram_token")
    @classmethod
    def _token(cls, value: SecretStr | None) -> SecretStr | None:
        if value is not None and not _TOKEN.fullmatch(value.get_secret_value()):
            message = "a token from @BotFather, such as 123456789:AAE…"
            raise ValueError(message)
        return value

    @field_validator("secret_key")
    @classmethod
    def _secret(cls, value: SecretStr | None) -> SecretStr | None:
        if value is not None and len(value.get_secret_value()) < _SECRET_LENGTH:
            message = f"at least {_SECRET_LENGTH} characters that nobody can guess"
            raise ValueError(message)
        return value

    @classmethod
    def load(cls) -> Self:
        """Read the environment and `.env`.

        Raise `SettingsError` with one line about the first fault.
        """
        try:
            return cls()
        except ValidationError as error:
            raise SettingsError(_explain(error)) from None

    @property
    def secret(self) -> str:
        """The secret key; raises `SettingsError` when there is none."""
        if self.secret_key is None:
            message = (
                f"{PREFIX}SECRET_KEY is missing: set it to at least {_SECRET_LENGTH} characters "
                "that nobody can guess, and keep it; ballots and sign-ins depend on it"
            )
            raise SettingsError(message)
        return self.secret_key.get_secret_value()

    @property
    def address(self) -> str:
        """Where people open the web chat."""
        if self.public_url is not None:
            return self.public_url
        host = "127.0.0.1" if self.host in {"0.0.0.0", "::"} else self.host  # noqa: S104 - compared only
        return f"http://{f'[{host}]' if ':' in host else host}:{self.port}"


def _explain(error: ValidationError) -> str:
    fault = error.errors(include_url=False, include_input=False)[0]
    name = PREFIX + str(fault["loc"][0]).upper()
    if fault["type"] == "value_error":
        return f"{name} is not right: expected {fault['ctx']['error']}"
    return f"{name} is not right: {fault['msg'][0].lower()}{fault['msg'][1:]}"


def ensure_secret(folder: Path, token: str) -> None:
    """Append a new secret key to `.env` in `folder`, readable by its owner only.

    Used for a first look on one's own machine; on a server the operator sets the key.
    """
    path = folder / ".env"
    existing = path.read_text(encoding="utf-8") if path.exists() else ""
    separator = "" if existing == "" or existing.endswith("\n") else "\n"
    path.touch(mode=0o600, exist_ok=True)
    path.write_text(f"{existing}{separator}{PREFIX}SECRET_KEY={token}\n", encoding="utf-8")
    path.chmod(0o600)
