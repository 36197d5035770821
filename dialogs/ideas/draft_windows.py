"""Windows of writing an idea: a part each, then similar ideas, then the whole."""

import operator
from typing import Any, Final

from aiogram import F
from aiogram.enums import ContentType
from aiogram_dialog import Dialog
from aiogram_dialog.widgets.input import MessageInput
from aiogram_dialog.widgets.kbd import Button, Cancel, Group, Row, Select, Start, SwitchTo
from aiogram_dialog.widgets.text import Multi, Text

from civic.rules.ideas import Field
from dialogs.ideas import draft_clicks as clicks
from dialogs.ideas import draft_getters as getters
from dialogs.ideas import steps
from dialogs.ideas.states import IdeaDraftState, IdeasState
from dialogs.kit.buttons import button_for_each
from dialogs.kit.moments import When
from dialogs.kit.navigation import close, to_menu
from dialogs.kit.pages import line_buttons
from dialogs.kit.text import Filled, Label, Markup, Tr
from dialogs.kit.window import Screen

_STEP: Final[dict[str, Any]] = {
    "step": 1,
    "count": steps.COUNT,
    "editing": False,
    "name": "Атауы",
    "least": 10,
    "limit": 120,
    "given": "Көше шамдары",
    "cost_limit": "10 млн ₸",
    "photos_limit": 3,
    "kept": [(7, 1), (9, 2)],
}
_CHOICES: Final[dict[str, Any]] = {
    "lines": "1. Спорт\n2. Саябақтар",
    "choices": [("sport", "1. Спорт"), ("parks", "2. Саябақтар")],
}


def _text(*paragraphs: Text) -> Multi:
    return Multi(
        Tr("<b>New idea, step {step} of {count}</b>", when=~F["editing"]),
        Tr("<b>To be changed: {name}</b>", when="editing"),
        *paragraphs,
        Tr("Written so far: <i>{given}</i>", when="given"),
        sep="\n\n",
    )


def _ways() -> tuple[Button, Row]:
    """Return the buttons under every step."""
    return (
        Button(Label("Go on"), id="go", on_click=clicks.go_on, when="given"),
        Row(Button(Label("Back"), id="back", on_click=clicks.go_back), to_menu()),
    )


def _words() -> MessageInput:
    return MessageInput(clicks.write, content_types=ContentType.TEXT)


resume = Screen(
    Multi(
        Tr("You have an unfinished idea: <b>{title}</b>", when=F["title"] & ~F["editing"]),
        Tr("You have an unfinished idea.", when=~F["title"] & ~F["editing"]),
        Tr("You have unsaved changes to your idea: <b>{title}</b>", when="editing"),
        Tr("Last written: {saved}"),
        sep="\n\n",
    ),
    Button(Label("Go on with it"), id="on", on_click=clicks.resume),
    Button(Label("Start anew"), id="anew", on_click=clicks.ask_discard),
    Row(close(), to_menu()),
    state=IdeaDraftState.resume,
    getter=getters.resume,
    preview_data={"title": "Көше шамдары", "saved": "10 наурыз", "editing": False},
)

discard = Screen(
    Tr("Throw away what you wrote? It cannot be brought back."),
    Button(Label("Yes, throw it away"), id="yes", on_click=clicks.discard),
    Button(Label("No, keep it"), id="no", on_click=clicks.keep_draft),
    to_menu(),
    state=IdeaDraftState.discard,
    preview_data={},
)

title = Screen(
    _text(
        Tr(
            "What is your idea? Write it in a few words, {least} to {limit} characters. "
            "For example: “Light the path to school No. 3”."
        )
    ),
    *_ways(),
    _words(),
    state=IdeaDraftState.title,
    getter=getters.step,
    preview_data=_STEP,
)

problem = Screen(
    _text(
        Tr(
            "What is wrong now, and for whom? Write it as you would tell a neighbour, "
            "{least} to {limit} characters."
        )
    ),
    *_ways(),
    _words(),
    state=IdeaDraftState.problem,
    getter=getters.step,
    preview_data=_STEP,
)

proposal = Screen(
    _text(Tr("What do you propose to do? {least} to {limit} characters.")),
    *_ways(),
    _words(),
    state=IdeaDraftState.proposal,
    getter=getters.step,
    preview_data=_STEP,
)

topic = Screen(
    _text(Tr("What is it about? Press a button or write its number."), Filled("{lines}")),
    Group(
        button_for_each("topic", "choices", clicks.choose_topic),
        width=2,
    ),
    *_ways(),
    _words(),
    state=IdeaDraftState.topic,
    getter=(getters.step, getters.topics),
    preview_data={**_STEP, **_CHOICES},
)

place = Screen(
    _text(
        Tr(
            "Where is it? Write the place in words (street, yard, what is near), or send a point "
            "on the map."
        ),
        Tr("You can choose the part of town too, by a button or its number:", when="lines"),
        Filled("{lines}", when="lines"),
    ),
    Group(
        button_for_each("district", "choices", clicks.choose_district),
        width=2,
    ),
    *_ways(),
    _words(),
    MessageInput(clicks.locate, content_types=[ContentType.LOCATION, ContentType.VENUE]),
    state=IdeaDraftState.place,
    getter=(getters.step, getters.districts),
    preview_data={**_STEP, **_CHOICES},
)

cost = Screen(
    _text(
        Tr(
            "What might it cost, roughly? Write it like “1.5 million” or “500 000”. "
            "If you do not know, skip this: experts will work it out."
        ),
        Tr("One idea may cost at most {cost_limit}.", when="cost_limit"),
    ),
    Button(Label("I do not know"), id="skip", on_click=clicks.skip_cost),
    *_ways(),
    _words(),
    state=IdeaDraftState.cost,
    getter=getters.step,
    preview_data=_STEP,
)

photos = Screen(
    _text(
        Tr(
            "Send up to {photos_limit} photos if you have them. They are shown to everyone; "
            "hidden details such as where they were taken are removed."
        )
    ),
    Button(Label("Done"), id="done", on_click=clicks.go_on, when="given"),
    Button(Label("Without photos"), id="skip", on_click=clicks.go_on, when=~F["given"]),
    Group(
        Select(
            Label("Remove No. {item[1]}"),
            id="remove",
            item_id_getter=operator.itemgetter(0),
            items="kept",
            type_factory=int,
            on_click=clicks.remove_photo,
        ),
        width=2,
    ),
    Row(Button(Label("Back"), id="back", on_click=clicks.go_back), to_menu()),
    MessageInput(clicks.add_photo),
    state=IdeaDraftState.photos,
    getter=getters.step,
    preview_data=_STEP,
)

similar = Screen(
    Multi(
        Tr("<b>Others have put forward something like it</b>"),
        Filled("{lines}"),
        Tr(
            "One idea with many supporters gets further than several alike. "
            "Open an idea to read and support it."
        ),
        Tr("You support one of them already.", when="supports_one"),
        sep="\n\n",
    ),
    line_buttons("open", clicks.open_similar),
    Button(Label("Mine is different"), id="other", on_click=clicks.different),
    Button(Label("Mine is not needed"), id="same", on_click=clicks.ask_discard),
    Row(SwitchTo(Label("Back"), id="back", state=IdeaDraftState.photos), to_menu()),
    state=IdeaDraftState.similar,
    getter=getters.similar,
    preview_data={
        "lines": Markup("<b>12.</b> Көше шамдары\n<i>Көлік · 5</i>"),
        "choices": [(12, "12. Көше шамдары")],
        "supports_one": True,
    },
)

preview = Screen(
    Multi(
        Tr("<b>New idea, step {step} of {count}: is everything right?</b>", when="is_new"),
        Tr("<b>Changes to idea No. {number}</b>", when="number"),
        Tr("<b>{title}</b>"),
        Filled("{body}"),
        Tr("Still missing: {missing}", when="missing"),
        sep="\n\n",
    ),
    Button(Label("Send the idea"), id="send", on_click=clicks.submit, when="is_new"),
    Button(Label("Save the changes"), id="save", on_click=clicks.save_changes, when="number"),
    SwitchTo(Label("Change something"), id="change", state=IdeaDraftState.edit),
    Button(Label("Discard it"), id="discard", on_click=clicks.ask_discard),
    Row(
        SwitchTo(Label("Back"), id="back", state=IdeaDraftState.photos, when="is_new"),
        Cancel(Label("Back"), id="close", when="number"),
        to_menu(),
    ),
    state=IdeaDraftState.preview,
    getter=getters.preview,
    preview_data={
        "step": steps.COUNT,
        "count": steps.COUNT,
        "number": 12,
        "is_new": True,
        "title": "Көше шамдары",
        "body": Markup("<b>Мәселе</b>\nҚараңғы"),
        "missing": "Орны",
    },
)

edit = Screen(
    Tr("What do you want to change?"),
    Group(
        Button(Label("Title"), id=Field.TITLE, on_click=clicks.change_part),
        Button(Label("What is wrong"), id=Field.PROBLEM, on_click=clicks.change_part),
        Button(Label("What is proposed"), id=Field.PROPOSAL, on_click=clicks.change_part),
        Button(Label("Topic"), id=Field.TOPIC, on_click=clicks.change_part),
        Button(Label("Place"), id=Field.PLACE, on_click=clicks.change_part),
        Button(Label("Rough cost"), id=Field.COST, on_click=clicks.change_part),
        Button(Label("Photos"), id=Field.PHOTOS, on_click=clicks.change_part),
        width=2,
    ),
    Row(SwitchTo(Label("Back"), id="back", state=IdeaDraftState.preview), to_menu()),
    state=IdeaDraftState.edit,
    preview_data={},
)

submitted = Screen(
    Multi(
        Tr("<b>Thank you! Your idea has number {number}.</b>"),
        Tr("<b>{title}</b>"),
        Tr("Until {closes} you can still change or withdraw it.", when="closes"),
        Tr("What happens next:\n{next}", when="next"),
        Tr("Share it, so that others support it: <code>{link}</code>"),
        sep="\n\n",
    ),
    Start(Label("My ideas"), id="mine", state=IdeasState.mine),
    Row(close(), to_menu()),
    state=IdeaDraftState.submitted,
    getter=getters.submitted,
    preview_data={
        "number": 12,
        "title": "Көше шамдары",
        "closes": When("21 наурыз"),
        "next": Markup("• Дауыс беру: 1 – 21 сәуір"),
        "link": "https://t.me/dauys_bot?start=i_12",
    },
)

dialog = Dialog(
    resume,
    discard,
    title,
    problem,
    proposal,
    topic,
    place,
    cost,
    photos,
    similar,
    preview,
    edit,
    submitted,
    on_start=clicks.begin,
)
