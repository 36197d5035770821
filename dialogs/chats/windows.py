"""Windows of «My chats»."""

from aiogram.enums import ContentType
from aiogram_dialog import Dialog
from aiogram_dialog.widgets.input import MessageInput
from aiogram_dialog.widgets.kbd import Button, Column, Row, SwitchTo, Url
from aiogram_dialog.widgets.text import Format, Multi

from dialogs.chats import clicks, getters
from dialogs.chats.states import ChatsState
from dialogs.kit.buttons import button_about, button_for_each
from dialogs.kit.moments import When
from dialogs.kit.navigation import close_if_nested, to_menu
from dialogs.kit.text import Filled, Label, Markup, Tr
from dialogs.kit.window import Screen

LINES = Markup("• <b>Telegram</b>: this chat\n• <b>Web chat</b>: news comes here")
"""What a preview shows."""

main = Screen(
    Multi(
        Tr("<b>My chats</b>"),
        Filled("{lines}"),
        Tr(
            "Do you also talk with us elsewhere: in the web chat, on another phone? Join that "
            "chat, and you are one person here: told once, with one vote.",
            when="alone",
        ),
        Tr("To which chat should news go? Answers always come where you write.", when="several"),
        sep="\n\n",
    ),
    Column(button_for_each("where", "choices", clicks.choose)),
    Button(Label("Join another chat"), id="give", on_click=clicks.give_code),
    SwitchTo(Label("I have a code"), id="enter", state=ChatsState.enter),
    SwitchTo(Label("Separate a chat"), id="separate", state=ChatsState.separate, when="several"),
    Row(close_if_nested(), to_menu()),
    state=ChatsState.main,
    getter=getters.main,
    preview_data={
        "lines": LINES,
        "alone": True,
        "several": True,
        "choices": [("latest", "☑ Where I wrote last"), ("1", "☐ Telegram")],
    },
)

code = Screen(
    Multi(
        Tr("<b>Join another chat</b>"),
        Filled("<code>{code}</code>", when="waits"),
        Tr(
            "Write this code in your other chat: Settings → My chats → I have a code. It works "
            "once, until {until:bound}.",
            when="waits",
        ),
        Tr(
            "Tell it to nobody: whoever writes it has both chats, reads what you read and votes "
            "with your ballot.",
            when="waits",
        ),
        Tr("Done: the other chat is joined. Both are on your list now.", when="spent"),
        Tr("That code is out of date and joins nothing any more.", when="over"),
        sep="\n\n",
    ),
    Url(Label("Open Telegram"), Format("{telegram}"), id="telegram", when="telegram"),
    Url(Label("Open the web chat"), Format("{webchat}"), id="web", when="webchat"),
    Button(Label("New code"), id="again", on_click=clicks.give_code, when="over"),
    Row(SwitchTo(Label("Back"), id="uncode", state=ChatsState.main), to_menu()),
    state=ChatsState.code,
    getter=getters.code,
    preview_data={
        "code": "123 456 789",
        "until": When("18:00"),
        "waits": True,
        "spent": True,
        "over": True,
        "telegram": "https://t.me/dauys_bot?start=join_123456789",
        "webchat": "https://dauys.example.kz/?start=join_123456789",
    },
)

enter = Screen(
    Tr(
        "Write the code that you got in your other chat: nine digits, like 123 456 789. "
        "You get it there under Settings → My chats → Join another chat."
    ),
    Row(SwitchTo(Label("Back"), id="unenter", state=ChatsState.main), to_menu()),
    MessageInput(clicks.write_code, content_types=ContentType.TEXT),
    state=ChatsState.enter,
    preview_data={},
)

offer = Screen(
    Multi(
        Tr("<b>Join this chat to that of {giver} ({channels})?</b>"),
        Tr(
            "Only if you got the code there yourself. <b>Whoever got it will have both chats: "
            "they read everything that is written here and vote with your ballot.</b> If somebody "
            "sent you the code or a link, press “No”."
        ),
        Tr(
            "Your ideas, comments and votes are kept together then, under the name {giver}. News "
            "comes to one of the chats; language and settings are those of the other chat."
        ),
        Filled("{lines}", when="lines"),
        sep="\n\n",
    ),
    Button(Label("Yes, join"), id="join", on_click=clicks.join),
    Row(Button(Label("No"), id="decline", on_click=clicks.decline), to_menu()),
    state=ChatsState.offer,
    getter=getters.offer,
    preview_data={
        "giver": "Resident 1234",
        "channels": "Telegram",
        "lines": Markup("• Both chats have an unfinished idea. The one you changed last stays."),
    },
)

joined = Screen(
    Multi(
        Tr("<b>Done: your chats are one now</b>, under the name {name}."),
        Filled("{lines}"),
        Tr("Where news goes, and how to separate them again: Settings → My chats."),
        sep="\n\n",
    ),
    SwitchTo(Label("My chats"), id="chats", state=ChatsState.main),
    to_menu(),
    state=ChatsState.joined,
    getter=getters.joined,
    preview_data={"name": "Resident 1234", "lines": LINES},
)

separate = Screen(
    Tr("Which chat do you want to separate? Everything you have stays with the other ones."),
    Column(button_for_each("which", "chats", clicks.choose_separate, int)),
    Row(SwitchTo(Label("Back"), id="unseparate", state=ChatsState.main), to_menu()),
    state=ChatsState.separate,
    getter=getters.separate,
    preview_data={"chats": [(1, "Telegram"), (2, "Web chat")]},
)

sure = Screen(
    Multi(
        Tr("<b>Separate this chat: {chat}?</b>"),
        Tr("It is the one you are writing in.", when="here"),
        Tr(
            "Your ideas, comments and votes stay with your other chats. Whoever writes in this "
            "one again begins anew and is somebody else to us."
        ),
        Tr("What was written there stays to be read in the messenger.", when="kept"),
        Tr("What was written there is erased.", when="erased"),
        sep="\n\n",
    ),
    button_about(Label("Separate"), "separate", "about", clicks.separate),
    Row(SwitchTo(Label("Back"), id="unsure", state=ChatsState.separate), to_menu()),
    state=ChatsState.sure,
    getter=getters.sure,
    preview_data={
        "chat": "Telegram",
        "here": True,
        "kept": True,
        "erased": True,
        "about": [1],
    },
)

dialog = Dialog(main, code, enter, offer, joined, separate, sure, on_start=clicks.begin)
