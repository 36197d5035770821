"""Windows of settings, help and privacy."""

import operator

from aiogram.enums import ContentType
from aiogram_dialog import Dialog, LaunchMode
from aiogram_dialog.widgets.input import MessageInput
from aiogram_dialog.widgets.kbd import Button, Column, Row, Select, SwitchTo
from aiogram_dialog.widgets.text import Const, Format

from dialogs.hello.windows import GREETING
from dialogs.kit.languages import offered
from dialogs.kit.navigation import close_if_nested, to_menu
from dialogs.kit.text import Filled, Label, Tr
from dialogs.kit.window import Screen
from dialogs.settings import clicks, getters
from dialogs.settings.states import SettingsState

main = Screen(
    Tr("<b>Settings</b>\n"),
    Tr("Language: {language}"),
    Tr("Name others see: {name}"),
    Tr("Part of town: {district}", when="has_districts"),
    Tr("News: {news}"),
    SwitchTo(Label("Language"), id="language", state=SettingsState.language),
    SwitchTo(Label("Name"), id="name", state=SettingsState.name),
    SwitchTo(
        Label("Part of town"), id="district", state=SettingsState.district, when="has_districts"
    ),
    SwitchTo(Label("News"), id="news", state=SettingsState.news),
    SwitchTo(Label("What is kept"), id="privacy", state=SettingsState.privacy),
    Row(close_if_nested(), to_menu()),
    state=SettingsState.main,
    getter=getters.main,
    preview_data={
        "language": "Қазақша",
        "name": "Resident 1234",
        "district": "Орталық",
        "news": "all",
        "has_districts": True,
    },
)

language = Screen(
    Const(GREETING),
    Column(
        Select(
            Format("{item[1]}"),
            id="lang",
            item_id_getter=operator.itemgetter(0),
            items="languages",
            on_click=clicks.choose_language,
        )
    ),
    Row(close_if_nested(), to_menu()),
    state=SettingsState.language,
    getter=getters.language,
    preview_data={"languages": offered("kk")},
)

name = Screen(
    Tr("Write the name that others will see under your ideas and comments: up to 40 characters."),
    Button(Label("No name, a number"), id="forget", on_click=clicks.forget_name),
    SwitchTo(Label("Back"), id="unname", state=SettingsState.main),
    MessageInput(clicks.write_name, content_types=ContentType.TEXT),
    state=SettingsState.name,
    preview_data={},
)

district = Screen(
    Tr("Where in town do you live?"),
    Column(
        Select(
            Format("{item[1]}"),
            id="where",
            item_id_getter=operator.itemgetter(0),
            items="districts",
            on_click=clicks.choose_district,
        )
    ),
    Button(Label("Rather not say"), id="nowhere", on_click=clicks.forget_district),
    SwitchTo(Label("Back"), id="undistrict", state=SettingsState.main),
    state=SettingsState.district,
    getter=getters.district,
    preview_data={"districts": [("center", "Орталық")]},
)

CHOICES = [("all", "☑ All news"), ("mine", "☐ Only mine"), ("none", "☐ No news")]
"""What a preview offers."""

news = Screen(
    Tr("<b>News</b>\n"),
    Filled("{choice}"),
    Filled("{hours}", when="any"),
    Tr("Answers to what you do here come at once, always."),
    Column(
        Select(
            Format("{item[1]}"),
            id="which",
            item_id_getter=operator.itemgetter(0),
            items="choices",
            on_click=clicks.choose_news,
        )
    ),
    Button(Label("At any hour"), id="anyhour", on_click=clicks.want_any_hour, when="by_day"),
    Button(Label("By day only"), id="byday", on_click=clicks.want_by_day, when="at_any_hour"),
    SwitchTo(Label("Topics"), id="topics", state=SettingsState.topics, when="has_topics"),
    SwitchTo(Label("Back"), id="unnews", state=SettingsState.main),
    state=SettingsState.news,
    getter=getters.news,
    preview_data={
        "choice": "You get all news: what opens, what closes, results, announcements.",
        "hours": "By day: Monday to Saturday, 9:00–21:00.",
        "any": True,
        "choices": CHOICES,
        "by_day": True,
        "at_any_hour": True,
        "has_topics": True,
    },
)

topics = Screen(
    Tr(
        "<b>Topics you follow</b>\n\n"
        "What organisers announce about them reaches you also when you want only your own news."
    ),
    Column(
        Select(
            Format("{item[1]}"),
            id="topic",
            item_id_getter=operator.itemgetter(0),
            items="topics",
            on_click=clicks.follow_topic,
        )
    ),
    SwitchTo(Label("Back"), id="untopics", state=SettingsState.news),
    state=SettingsState.topics,
    getter=getters.topics,
    preview_data={"topics": [("sport", "☑ Спорт"), ("parks", "☐ Саябақтар")]},
)

again = Screen(
    Tr(
        "Welcome back. You had blocked us, so we stopped sending you news. "
        "Shall we tell you again?"
    ),
    Column(
        Select(
            Format("{item[1]}"),
            id="back",
            item_id_getter=operator.itemgetter(0),
            items="choices",
            on_click=clicks.choose_news_again,
        )
    ),
    to_menu(),
    state=SettingsState.again,
    getter=getters.news,
    preview_data={"choices": CHOICES},
)

helping = Screen(
    Tr(
        "<b>Dauys of {town}</b>\n\n"
        "Here you can put forward an idea for the town, read the draft budget line by line and "
        "comment on it, vote for projects and see the results.\n\n"
        "The buttons under the last message show what can be done. What you begin is kept: you "
        "may stop at any moment and go on later.\n\n"
        "/menu what goes on now\n"
        "/language another language\n"
        "/privacy what is kept about you\n"
        "/stop no more news\n"
        "/cancel leave what you are doing\n\n"
        "A question to a person: {contact}"
    ),
    SwitchTo(Label("What is kept"), id="whatkept", state=SettingsState.privacy),
    Row(close_if_nested(), to_menu()),
    state=SettingsState.help,
    getter=getters.town,
    preview_data={"town": "Хромтау", "contact": "+7 (71336) 00-0-00"},
)

privacy = Screen(
    Tr(
        "<b>What is kept about you</b>\n\n"
        "• The address of this chat, so that we can answer. Nobody is shown it.\n"
        "• The name you chose, your language, the news you want and, if you said it, your part of "
        "town; before a vote, that you are old enough and live here.\n"
        "• Ideas and comments: public, under that name. The words of a comment you delete are "
        "erased. One that a moderator hides is read by you and the moderators only; the reason is "
        "public. Who reported a comment is shown to nobody.\n"
        "• Photos without the place and time hidden in them. One that nothing shows any more is "
        "erased after 30 days.\n"
        "• In the web chat, the conversation itself: no messenger keeps it for you.\n"
        "• Your vote: kept apart from you. A ballot has a random number and no time. While the "
        "vote can still be changed a key links it to you; when the time for appeals is over the "
        "link is destroyed.\n\n"
        "Your phone number, messenger name and contacts are not kept. Nothing is sold or handed "
        "on. Published lists hold no personal data."
    ),
    Row(close_if_nested(), to_menu()),
    state=SettingsState.privacy,
    preview_data={},
)

dialog = Dialog(
    main,
    language,
    name,
    district,
    news,
    topics,
    again,
    helping,
    privacy,
    launch_mode=LaunchMode.SINGLE_TOP,
)
