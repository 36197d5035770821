"""What the page itself says, beside what the conversations say."""

from collections.abc import Callable, Mapping

from civic.model.refusal import Reason


def sentences(_: Callable[[str], str]) -> Mapping[str, str]:
    """Return every sentence by its key, translated by `_`."""
    return {
        "menu": _("Menu"),
        "language": _("Language"),
        "empty": _("Write something or choose a photo or file first."),
        "text_long": _(
            "Your message has {length} characters, and at most {limit} fit. Please shorten it."
        ),
        "file_large": _("The file is larger than 10 MB. Please choose a smaller one."),
        Reason.PHOTO_UNREADABLE.value: _(
            "That picture cannot be read, and nothing of it was kept. Please send a photo as "
            "JPEG, PNG, WebP or GIF."
        ),
        Reason.PHOTO_TOO_LARGE.value: _(
            "That picture is too large. Please send one of at most {limit_mb} MB."
        ),
        "old_form": _("This page was open for a long time. Please check it and send once more."),
        "too_many": _("That was very fast. Please wait a moment and send once more."),
        "slow_down": _("Too many requests at once. Please wait a moment and open the page again."),
        "unreadable": _("That could not be read. Please write it once more in the chat."),
        "not_found": _("There is nothing here. The chat is one step away."),
        "broken": _("Something went wrong on our side. Please try again."),
        "no_town": _("The town is still being set up. Please come back a little later."),
    }
