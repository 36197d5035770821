"""A rehearsal in words for organisers (Markdown), and in full for programs (JSON)."""

import json
import re
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Final

from aiogram.utils.i18n import I18n
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from bot.rehearsal.account import Account, NoticeAccount, VoteAccount
from bot.rehearsal.html import read_html
from bot.rehearsal.messenger import Purpose
from civic.model.cycle import Cycle, Stage
from civic.model.refusal import Reason
from civic.model.results import ProjectResult, ResultsProtocol
from civic.model.text import in_language
from dialogs.kit.figures import number
from dialogs.kit.moments import day_and_time
from dialogs.kit.stages import stage_name
from dialogs.refusals import sentence
from dialogs.results.sentences import outcome
from dialogs.results.summary import spending

_MANY_BREAKS: Final = re.compile(r"\n{3,}")
_TEMPLATES: Final = Path(__file__).parent / "templates"


def in_words(account: Account, i18n: I18n, language: str, *, with_texts: bool = True) -> str:
    """Return the report as Markdown; `with_texts` also what people read, word for word."""
    with i18n.context(), i18n.use_locale(language):
        environment = Environment(
            loader=FileSystemLoader(_TEMPLATES),
            undefined=StrictUndefined,
            autoescape=False,  # noqa: S701 - Markdown, read as a file
            trim_blocks=True,
            keep_trailing_newline=True,
        )
        environment.filters.update(_filters(account, language))
        template = environment.get_template("report.md")
        text = template.render(_=i18n.gettext, with_texts=with_texts, **_facts(account, language))
    return _MANY_BREAKS.sub("\n\n", text).strip() + "\n"


def in_full(account: Account) -> str:
    """Return everything that is known as JSON, with one entry for each person."""
    played, load = account.played, account.load
    told = {
        "town": played.script.town.slug,
        "cycles": [file.content.slug for file in played.script.cycles],
        "seed": played.script.seed,
        "residents": played.script.residents,
        "begins": played.script.starts,
        "ends": played.script.ends,
        "sound": account.is_sound,
        "problems": account.problems(),
        "updates": load.updates,
        "replies": load.replies,
        "edits": load.edits,
        "news": load.news,
        "notices_read": load.notices,
        "posts": load.posts,
        "digests": load.digests,
        "most_in_one": load.most_in_one,
        "acts": played.acts,
        "lost": played.messenger.traffic.lost,
        "gave_up": played.gave_up,
        "searched_in_vain": _searched(account),
        "pauses": played.messenger.traffic.pauses,
        "broken": played.messenger.traffic.broken,
        "refusals": {reason.value: count for reason, count in account.refusals.items()},
        "errors": played.errors,
        "transitions": [
            {
                "cycle": entry.cycle.slug,
                "stage": entry.stage.kind,
                "action": entry.action,
                "due": entry.due,
                "done": entry.done,
            }
            for entry in account.transitions
        ],
        "notices": [_notice(notice) for notice in account.notices],
        "votes": [
            {
                "cycle": vote.cycle.slug,
                "ballots": None if vote.protocol is None else vote.protocol.ballots,
                "digest": None if vote.protocol is None else vote.protocol.digest,
                "seen_ballots": vote.seen_ballots,
                "agrees": vote.agrees,
            }
            for vote in account.votes
        ],
        "places": [
            {
                "title": told.place.title,
                "kind": told.place.kind,
                "ledger": {str(key): state.value for key, state in told.ledger.items()},
                "messages": told.messages,
                "reached": told.reached,
                "missed": told.missed,
                "accounted": told.accounted,
            }
            for told in account.places
        ],
        "people": [
            {
                "number": person.number,
                "language": person.language,
                "met": person.met,
                "ledger": {str(key): state.value for key, state in person.ledger.items()},
                "sent": person.sent,
                "reached": person.reached,
                "messages": person.messages,
                "unseen": person.unseen,
                "unexplained": person.unexplained,
                "accounted": person.accounted,
            }
            for person in account.people
        ],
    }
    return json.dumps(told, ensure_ascii=False, indent=1, default=_plain) + "\n"


def _notice(notice: NoticeAccount) -> Mapping[str, Any]:
    return {
        "id": notice.announcement.id,
        "cycle": None if notice.cycle is None else notice.cycle.slug,
        "stage": None if notice.stage is None else notice.stage.kind,
        "kind": notice.announcement.kind,
        "planned_at": notice.announcement.created_at,
        "states": {state.value: count for state, count in notice.states.items()},
        "reasons": dict(notice.reasons),
        "together": notice.together,
        "missed": notice.missed,
    }


def _searched(account: Account) -> Mapping[str, int]:
    found: Counter[str] = Counter()
    for life in account.played.lives:
        found += life.person.searched
    return found


def _plain(value: object) -> object:
    if isinstance(value, datetime):
        return value.isoformat()
    message = f"{type(value).__name__} has no place in a report"
    raise TypeError(message)


def _facts(account: Account, language: str) -> dict[str, Any]:
    played, script, load = account.played, account.played.script, account.load
    pauses = played.messenger.traffic.pauses
    not_sent: Counter[str] = Counter()
    for notice in account.notices:
        not_sent.update(notice.reasons)
    return {
        "titles": ", ".join(
            in_language(file.content.titles.local(), language) for file in script.cycles
        ),
        "town": in_language(script.town.names, language),
        "begins": script.starts,
        "ends": script.ends,
        "residents": script.residents,
        "met": sum(person.met for person in account.people),
        "seed": script.seed,
        "downtimes": script.downtimes,
        "lost": played.messenger.traffic.lost,
        "ballots": [
            (slug, min(len(cast.ballots), script.residents), len(cast.ballots), cast.by_code)
            for slug, cast in script.ballots.items()
        ],
        "checks": [(check.value, count) for check, count in account.problems().items()],
        "transitions": account.transitions,
        "notices": account.notices,
        "places": account.places,
        "not_sent": sorted(not_sent.items()),
        "load": load,
        "acts": played.acts,
        "pauses": {purpose.value: pauses[purpose] for purpose in Purpose},
        "busiest_hour": max(*load.by_hour_of_day, 1),
        "votes": account.votes,
        "refusals": sorted(account.refusals.items(), key=_often),
        "errors": sorted(
            [*played.errors.items(), *played.messenger.traffic.broken.items()], key=_often
        ),
        "texts": account.texts[language],
    }


def _often(entry: tuple[str, int]) -> tuple[int, str]:
    return -entry[1], entry[0]


def _filters(account: Account, language: str) -> dict[str, Callable[..., str]]:
    zone = account.played.script.town.zone

    def moment(at: datetime | None) -> str:
        return "—" if at is None else str(day_and_time(at, zone, language, year=True))

    def title(cycle: Cycle | None) -> str:
        return "—" if cycle is None else in_language(cycle.titles, language)

    def stage(found: Stage | None) -> str:
        return "—" if found is None else stage_name(found.kind)

    def why(result: ProjectResult, vote: VoteAccount) -> str:
        return outcome(result, vote.projects, language)

    def spent(protocol: ResultsProtocol) -> str:
        return spending(protocol, language)

    def refusal(reason: Reason) -> str:
        if account.reader is None:
            return reason.value
        resident = replace(account.reader.resident, language=language)
        reader = replace(account.reader, resident=resident)
        return sentence(account.played.examples[reason], reader)

    return {
        "fill": str.format,
        "number": lambda value: number(value, language),
        "moment": moment,
        "late": _late,
        "title": title,
        "stage": stage,
        "local": lambda texts: in_language(texts, language),
        "outcome": why,
        "spending": spent,
        "refusal": refusal,
        "cell": lambda text: text.replace("|", "\\|").replace("\n", " "),
        "quoted": _quoted,
    }


def _late(by: timedelta) -> str:
    return "—" if by < timedelta(minutes=1) else str(timedelta(seconds=int(by.total_seconds())))


def _quoted(html: str) -> str:
    lines = read_html(html).plain.split("\n")
    return "\n".join(f"> {line}".rstrip() for line in lines)
