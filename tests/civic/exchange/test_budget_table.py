"""A draft budget's file: everything in it fits, or nothing of it is taken."""

from pathlib import Path

import pytest

from bot import sample
from civic.exchange.budget_table import MAX_BYTES, MAX_ROWS, BudgetTable, read_budget
from civic.exchange.problems import MAX_PROBLEMS, InvalidFile
from civic.model.budget import Level

HEADER = (
    "level,group_code,subgroup_code,administrator_code,programme_code,"
    "name_ru,name_kk,amount_2026,amount_2027,amount_2028"
)
SMALL = [
    HEADER,
    "group,01,,,,Услуги,Қызметтер,30,20,0",
    "subgroup,01,1,,,Органы,Органдар,30,20,",
    "administrator,01,1,110,,Аппарат,Аппарат,30,20,",
    "programme,01,1,110,001,Работа,Жұмыс,40,20,",
    'programme,01,1,110,003,"Возврат, прочее",Қайтару,-10,,',
]


def _read(lines: list[str], end: str = "\n") -> BudgetTable:
    return read_budget((end.join(lines) + end).encode(), "budget.csv")


def _faults(content: list[str] | bytes) -> list[str]:
    raw = content if isinstance(content, bytes) else "\n".join(content).encode()
    with pytest.raises(InvalidFile) as caught:
        read_budget(raw, "budget.csv")
    return [str(problem).removeprefix("budget.csv: ") for problem in caught.value.problems]


def _with(line: int, text: str) -> list[str]:
    """Return the small budget with another text on `line`, the header being line 1."""
    return [*SMALL[: line - 1], text, *SMALL[line:]]


def test_the_sample_budget_is_read_whole() -> None:
    table = sample.budget()
    assert table.years == (2026, 2027, 2028)
    assert len(table.rows) == 378
    groups = [row for row in table.rows if row.level is Level.GROUP]
    assert [sum(row.amounts[year] or 0 for row in groups) for year in range(3)] == [
        784_991_772,
        829_948_001,
        847_244_738,
    ]


def test_the_sample_budget_is_the_official_one(shared: Path) -> None:
    official = shared / "data" / "budget-almaty-oblast" / "expenditure.csv"
    assert (sample.FOLDER / sample.BUDGET).read_bytes() == official.read_bytes()


def test_codes_keep_zeros_blanks_stay_absent_and_minus_is_negative() -> None:
    table = _read(SMALL)
    assert [row.code for row in table.rows][-1] == ("01", "1", "110", "003")
    assert table.rows[-1].amounts == (-10, None, None)
    assert table.rows[-1].names == {"kk": "Қайтару", "ru": "Возврат, прочее"}
    assert table.rows[0].amounts == (30, 20, 0)
    assert table.lines == (2, 3, 4, 5, 6)


def test_order_of_columns_does_not_matter_and_english_names_are_taken() -> None:
    lines = [
        (
            "name_en,amount_2028,amount_2027,amount_2026,name_kk,name_ru,programme_code,"
            "administrator_code,subgroup_code,group_code,level"
        ),
        "Services,3,2,1,Қызметтер,Услуги,,,,01,group",
    ]
    (row,) = _read(lines).rows
    assert (row.names["en"], row.amounts) == ("Services", (1, 2, 3))


@pytest.mark.parametrize("delimiter", [";", "\t"])
def test_what_a_spreadsheet_saves_is_read(delimiter: str) -> None:
    plain = [line.replace(",", delimiter) for line in SMALL[:5]]
    plain[4] = plain[4].replace("40", "30")
    content = "\ufeff" + "\r\n".join([*plain, "", delimiter * 9, ""])
    assert len(read_budget(content.encode(), "budget.csv").rows) == 4


def test_a_name_over_two_lines_keeps_the_line_numbers_right() -> None:
    lines = _with(3, 'subgroup,01,1,,,"Орга\nны",Органдар,30,20,')
    table = _read(lines)
    assert table.rows[1].names["ru"] == "Орга ны"
    assert table.lines == (2, 3, 5, 6, 7)


@pytest.mark.parametrize(
    ("line", "text", "faults"),
    [
        (5, "programme,01,1,110,001,Работа,Жұмыс,40,20", ["line 5: expected 10 fields, found 9"]),
        (
            5,
            "program,01,1,110,001,Работа,Жұмыс,40,20,",
            [
                (
                    "line 5, level: expected one of group, subgroup, administrator, programme, "
                    "found «program»"
                )
            ],
        ),
        (
            5,
            "programme,01,1,110,,Работа,Жұмыс,40,20,",
            ["line 5, programme_code: expected a code of 1 to 8 digits, found nothing"],
        ),
        (
            5,
            "programme,01,1,11A,001,Работа,Жұмыс,40,20,",
            ["line 5, administrator_code: expected a code of 1 to 8 digits, found «11A»"],
        ),
        (
            3,
            "subgroup,01,1,110,,Органы,Органдар,30,20,",
            [
                "line 3, administrator_code: expected nothing on the level subgroup, found «110»",
                "line 4: expected its parent 01.1 on an earlier line, found none",
            ],
        ),
        (
            5,
            "programme,01,1,110,001,Работа,,40,20,",
            ["line 5, name_kk: expected a name, found nothing"],
        ),
        (
            5,
            "programme,01,1,110,001,Работа,Жұмыс,40.5,2 0,",
            [
                (
                    "line 5, amount_2026: expected whole thousand tenge in digits, or nothing, "
                    "found «40.5»"
                ),
                (
                    "line 5, amount_2027: expected whole thousand tenge in digits, or nothing, "
                    "found «2 0»"
                ),
            ],
        ),
        (
            5,
            "programme,01,1,110,001,Работа,Жұмыс,41,20,",
            ["line 4, amount_2026: expected 31, the sum of the 2 lines under it, found 30"],
        ),
        (
            4,
            "administrator,01,1,110,,Аппарат,Аппарат,30,20,5",
            [
                "line 3, amount_2028: expected 5, the sum of the 1 lines under it, found 0",
                "line 4, amount_2028: expected 0, the sum of the 2 lines under it, found 5",
            ],
        ),
        (
            6,
            "programme,01,1,110,001,Работа,Жұмыс,-10,,",
            [
                (
                    "line 6: expected a line of its own for each code, "
                    "found 01.1.110.001 again, as on line 5"
                )
            ],
        ),
        (
            6,
            "programme,01,1,111,003,Возврат,Қайтару,-10,,",
            ["line 6: expected its parent 01.1.111 on an earlier line, found none"],
        ),
    ],
)
def test_a_line_that_does_not_fit_is_named(line: int, text: str, faults: list[str]) -> None:
    assert _faults(_with(line, text)) == faults


def test_a_name_without_end_is_a_fault() -> None:
    long = f"programme,01,1,110,001,{'б' * 1001},Жұмыс,40,20,"
    (fault,) = _faults(_with(5, long))
    assert fault.startswith("line 5, name_ru: expected at most 1000 characters, found «ббб")


def test_all_lines_that_do_not_fit_are_listed() -> None:
    lines = [HEADER, *(f"programme,01,1,110,{n:03},,,x,," for n in range(3))]
    assert [fault.split(":")[0] for fault in _faults(lines)] == [
        f"line {n}, {column}"
        for n in (2, 3, 4)
        for column in ("name_kk", "name_ru", "amount_2026")
    ]


def test_a_file_that_is_wrong_throughout_is_not_listed_to_the_end() -> None:
    lines = [HEADER, *("x" for _ in range(MAX_PROBLEMS + 5))]
    faults = _faults(lines)
    assert len(faults) == MAX_PROBLEMS + 1
    assert faults[
        -1
    ] == "budget.csv: expected lines that fit, found 5 more that do not".removeprefix(
        "budget.csv: "
    )


@pytest.mark.parametrize(
    ("header", "faults"),
    [
        (
            HEADER.replace("name_kk", "name_qq"),
            [
                "header: expected a column «name_kk», found none",
                (
                    "header: expected only known columns: administrator_code, amount_2026, "
                    "amount_2027, amount_2028, group_code, level, name_en, name_kk, "
                    "name_ru, programme_code, subgroup_code, found «name_qq»"
                ),
            ],
        ),
        (
            HEADER.replace("name_kk", "name_ru"),
            [
                "header: expected each column once, found «name_ru» a second time",
                "header: expected a column «name_kk», found none",
            ],
        ),
        (
            HEADER.replace("2028", "2029"),
            [
                (
                    "header: expected columns «amount_<year>» for three years in a row, "
                    "found 2026, 2027, 2029"
                )
            ],
        ),
        (
            HEADER.replace("amount_", "sum_"),
            ["header: expected columns «amount_<year>» for three years in a row, found none"],
        ),
    ],
)
def test_a_header_that_does_not_fit_is_named(header: str, faults: list[str]) -> None:
    assert _faults([header, *SMALL[1:]]) == faults


def test_another_encoding_is_named_with_its_line() -> None:
    content = "\n".join(SMALL[:2]).encode() + b"\n" + "группа".encode("cp1251")
    assert _faults(content) == ["line 3: expected UTF-8 (save as «CSV UTF-8»), found other bytes"]


def test_an_unclosed_quotation_mark_is_named() -> None:
    (fault,) = _faults(_with(6, 'programme,01,1,110,003,"Возврат'))
    assert fault.startswith("line 6: expected a readable line of CSV, found unexpected end")


@pytest.mark.parametrize("content", [b"", b"\n\n", HEADER.encode()])
def test_a_file_without_lines_is_a_fault(content: bytes) -> None:
    (fault,) = _faults(content)
    assert fault.startswith("expected a header and at least one line, found ")


def test_size_is_bounded() -> None:
    assert _faults(b"x" * (MAX_BYTES + 1)) == [
        f"expected at most {MAX_BYTES} bytes, found {MAX_BYTES + 1}"
    ]
    assert _faults([HEADER, *("x" for _ in range(MAX_ROWS + 1))]) == [
        f"expected at most {MAX_ROWS} lines, found {MAX_ROWS + 1}"
    ]
