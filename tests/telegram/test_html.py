"""The stand-in reads HTML as Telegram does."""

import pytest

from bot.rehearsal.html import UnreadableHtmlError, read_html, utf16_length


def test_tags_become_entities_and_leave_the_text() -> None:
    read = read_html('<b>Бюджет</b> <a href="https://a.kz">2026</a> <i><u>х</u></i>')
    assert read.plain == "Бюджет 2026 х"
    assert read.entities == (
        {"type": "bold", "offset": 0, "length": 6},
        {"type": "text_link", "offset": 7, "url": "https://a.kz", "length": 4},
        {"type": "underline", "offset": 12, "length": 1},
        {"type": "italic", "offset": 12, "length": 1},
    )


def test_only_four_named_characters_and_all_numbers_are_unescaped() -> None:
    assert read_html("1 &lt; 2 &amp; 3 &gt; 2 &quot;&#1179;&#x43;&nbsp;").plain == (
        '1 < 2 & 3 > 2 "қC&nbsp;'
    )


def test_a_character_beyond_the_basic_plane_counts_twice() -> None:
    assert read_html("👍<b>x</b>").entities == ({"type": "bold", "offset": 2, "length": 1},)
    assert utf16_length("👍x") == 3


def test_blanks_around_are_cut_and_marks_move_along() -> None:
    read = read_html("  \n<b> бір </b>екі \n")
    assert read.plain == "бір екі"
    assert read.entities == ({"type": "bold", "offset": 0, "length": 4},)


def test_empty_marks_and_links_without_address_are_left_out() -> None:
    assert read_html("<b></b><a>сілтеме</a>").entities == ()


def test_a_quote_may_be_collapsed_and_a_spoiler_may_be_a_span() -> None:
    read = read_html(
        '<blockquote expandable>а</blockquote><span class="tg-spoiler">б</span>'
        '<tg-emoji emoji-id="5">👍</tg-emoji>'
    )
    assert [entity["type"] for entity in read.entities] == [
        "expandable_blockquote",
        "spoiler",
        "custom_emoji",
    ]


@pytest.mark.parametrize(
    ("html", "complaint"),
    [
        ("<b>x", 'Can\'t find end tag corresponding to start tag "b"'),
        ("x</b>", "Unexpected end tag at byte offset 1"),
        ("<b><i>x</b></i>", 'Unmatched end tag at byte offset 7, expected "</i>", found "</b>"'),
        ("қ <1>", 'Unsupported start tag "1" at byte offset 3'),
        ("a < b", "Unclosed start tag at byte offset 2"),
        ("<p>x</p>", 'Unsupported start tag "p" at byte offset 0'),
        ("<span>x</span>", 'Tag "span" must have class "tg-spoiler" at byte offset 0'),
    ],
)
def test_unreadable_html_is_complained_of_as_telegram_does(html: str, complaint: str) -> None:
    with pytest.raises(UnreadableHtmlError) as raised:
        read_html(html)
    assert str(raised.value) == complaint
