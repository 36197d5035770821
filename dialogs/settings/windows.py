"""Windows of settings, help and privacy."""

from aiogram.enums import ContentType
from aiogram_dialog import Dialog, LaunchMode
from aiogram_dialog.widgets.input import MessageInput
from aiogram_dialog.widgets.kbd import Button, Column, Group, Row, Start, SwitchTo
from aiogram_dialog.widgets.text import Const, Format

from dialogs.chats.states import ChatsState
from dialogs.hello.windows import GREETING
from dialogs.kit.buttons import button_for_each
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
    Start(Label("My chats"), id="chats", state=ChatsState.main),
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
    Column(button_for_each("lang", "languages", clicks.choose_language)),
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
    Column(button_for_each("where", "districts", clicks.choose_district)),
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
    Tr("You follow: {followed}.", when="followed"),
    Tr("Muted: {muted}.", when="muted"),
    Tr("Answers to what you do here come at once, always."),
    Column(button_for_each("which", "choices", clicks.choose_news)),
    Row(
        SwitchTo(Label("Hours"), id="hours", state=SettingsState.hours, when="any"),
        SwitchTo(Label("Topics"), id="topics", state=SettingsState.topics, when="any"),
    ),
    SwitchTo(Label("Back"), id="unnews", state=SettingsState.main),
    state=SettingsState.news,
    getter=getters.news,
    preview_data={
        "choice": "You get all news: what opens, what closes, results, announcements.",
        "hours": "News comes Monday to Saturday, 9:00–21:00.",
        "any": True,
        "followed": "Спорт",
        "muted": "Саябақтар",
        "choices": CHOICES,
    },
)

hours = Screen(
    Tr("<b>When may we tell you news?</b>\n"),
    Filled("{hours}"),
    Tr("What begins on Saturday goes on until {closes}:00 on Sunday.", when="over_midnight"),
    Tr("What has lost its sense before your hours begin is not sent."),
    Button(Format("{by_day}"), id="byday", on_click=clicks.want_by_day),
    Button(Format("{any_hour}"), id="anyhour", on_click=clicks.want_any_hour),
    SwitchTo(Format("{own}"), id="own", state=SettingsState.hours_from),
    button_for_each("sundays", "sundays", clicks.want_sundays),
    SwitchTo(Label("Back"), id="unhours", state=SettingsState.news),
    state=SettingsState.hours,
    getter=getters.hours,
    preview_data={
        "hours": "News comes Monday to Saturday, 20:00–2:00.",
        "over_midnight": True,
        "closes": 2,
        "by_day": "☐ By day",
        "any_hour": "☐ At any hour",
        "own": "☑ My hours",
        "sundays": [("yes", "☐ Sundays too")],
    },
)

hours_from = Screen(
    Tr("From what hour may we tell you news?"),
    Group(button_for_each("from", "choices", clicks.choose_from, int), width=4),
    SwitchTo(Label("Back"), id="unfrom", state=SettingsState.hours),
    state=SettingsState.hours_from,
    getter=getters.hours_from,
    preview_data={"choices": [(hour, f"{hour}:00") for hour in range(24)]},
)

hours_to = Screen(
    Tr("From {opens}:00 until what hour?"),
    Group(button_for_each("to", "choices", clicks.choose_to, int), width=4),
    SwitchTo(Label("Back"), id="unto", state=SettingsState.hours_from),
    state=SettingsState.hours_to,
    getter=getters.hours_to,
    preview_data={"opens": 9, "choices": [(hour, f"{hour}:00") for hour in range(10, 25)]},
)

topics = Screen(
    Tr(
        "<b>What news is about</b>\n\n"
        "★ you follow, ✕ you have muted, of the others you get what you chose for all news. "
        "Press one to change it."
    ),
    Group(button_for_each("topic", "topics", clicks.open_topic), width=2),
    SwitchTo(Label("Back"), id="untopics", state=SettingsState.news),
    state=SettingsState.topics,
    getter=getters.topics,
    preview_data={"topics": [("sport", "★ Спорт"), ("parks", "✕ Саябақтар"), ("roads", "Жолдар")]},
)

topic = Screen(
    Tr(
        "<b>{topic}</b>\n\n"
        "As usual: what you chose for all news.\n"
        "Follow: all news about it, also when you want only your own.\n"
        "Mute: no news about it. The results of a vote you took part in and answers to what is "
        "yours still come."
    ),
    Column(button_for_each("choice", "choices", clicks.choose_topic)),
    SwitchTo(Label("Back"), id="untopic", state=SettingsState.topics),
    state=SettingsState.topic,
    getter=getters.topic,
    preview_data={
        "topic": "Спорт",
        "choices": [("usual", "☑ As usual"), ("follow", "☐ Follow"), ("mute", "☐ Mute")],
    },
)

again = Screen(
    Tr(
        "Welcome back. You had blocked us, so we stopped sending you news. "
        "Shall we tell you again?"
    ),
    Column(button_for_each("back", "choices", clicks.choose_news_again)),
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
        "• The address of this chat and of those you joined to it, so that we can answer. Nobody "
        "is shown it.\n"
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
    hours,
    hours_from,
    hours_to,
    topics,
    topic,
    again,
    helping,
    privacy,
    launch_mode=LaunchMode.SINGLE_TOP,
)
