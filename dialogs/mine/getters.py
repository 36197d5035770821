"""What «My things» shows."""

from typing import Any

from dishka.integrations.aiogram_dialog import FromDishka, inject

from civic.actions.read_my_things import MyThings, ReadMyThings, Voting
from civic.model.text import in_language
from dialogs.kit.acting import Acting
from dialogs.kit.names import shown_name
from dialogs.kit.text import Markup, _, fill, ngettext


@inject
async def main(
    read: FromDishka[ReadMyThings], acting: FromDishka[Acting], **_kwargs: object
) -> dict[str, Any]:
    """Return the person's things in words, and a button for each that can be opened."""
    things = await read(acting.resident)
    lines = _lines(things, acting.language)
    return {
        "name": shown_name(acting.resident),
        "lines": Markup("\n").join(lines),
        "ideas": things.ideas > 0,
        "comments": things.comments > 0,
        "drafts": [
            *((f"idea:{draft.cycle_id}", _("Finish my idea")) for draft in things.idea_drafts),
            *(
                (f"comment:{draft.cycle_id}", _("Finish my comment"))
                for draft in things.comment_drafts
            ),
            *(
                (f"results:{voting.cycle_id}", _("Results of voting"))
                if voting.counted
                else (f"vote:{voting.cycle_id}", _("My ballot"))
                for voting in things.votings
            ),
        ],
    }


def _lines(things: MyThings, language: str) -> list[Markup]:
    lines = [
        fill(ngettext("{count} idea", "{count} ideas", things.ideas), {"count": things.ideas}),
        fill(
            ngettext("{count} comment", "{count} comments", things.comments),
            {"count": things.comments},
        ),
    ]
    for draft in things.idea_drafts:
        title = in_language(draft.titles, language)
        lines.append(fill(_("Unfinished idea: {title}"), {"title": title}))
    for draft in things.comment_drafts:
        title = in_language(draft.titles, language)
        lines.append(fill(_("Unfinished comment: {title}"), {"title": title}))
    lines += [
        fill(
            _standing(voting),
            {"title": in_language(voting.titles, language), "receipt": voting.receipt},
        )
        for voting in things.votings
    ]
    return lines


def _standing(voting: Voting) -> str:
    if not voting.receipt:
        return _("{title}: you have not voted yet")
    if voting.is_open:
        return _("{title}: your vote is in, receipt <code>{receipt}</code>")
    return _("{title}: voting is over and you took part, receipt <code>{receipt}</code>")
