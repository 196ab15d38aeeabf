"""The rows that every export writes: owners of made-up people, twelve columns of usual kinds.

`SCRIPT WRITER ROWS TARGET`: writes them once with the WRITER named, and prints how long it took.
The rows are made before the clock runs.
"""

import csv
import sys
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

from common import Clock

HEADERS = (
    *("楼栋", "单元", "房号", "房屋类型", "建筑面积", "业主姓名", "证件类型", "证件号码", "电话"),
    *("交付日期", "产权", "备注"),
)
_NAMES = "钱小满 孙一诺 李明 周七 吴桐 郑和平 王二 赵六 冯春 欧阳文".split()
_KINDS = "住宅 住宅 住宅 商铺 办公".split()
_FIRST = date(2026, 3, 1)

Row = tuple[Any, ...]


def rows(count: int) -> list[Row]:
    """Return `count` rows."""
    return [
        (
            f"{at // 400 + 1}栋",
            f"{at % 4 // 2 + 1}单元",
            f"{at % 400 // 12 + 1}{at % 12 + 1:02}",
            _KINDS[at % 5],
            Decimal(6000 + at * 37 % 9000) / 100,
            _NAMES[at * 7 % 10],
            "居民身份证",
            f"110***********{at % 10_000:04}",
            f"139****{at * 13 % 10_000:04}",
            _FIRST + timedelta(days=at % 90),
            "单独所有" if at % 3 else "共同共有",
            f"第 {at + 1} 户" if at % 4 == 0 else None,
        )
        for at in range(count)
    ]


def plain_csv(made: list[Row], target: str) -> None:
    """The floor: csv.writer, and nothing else."""
    with Path(target).open("w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream)
        writer.writerow(HEADERS)
        writer.writerows(made)


def ours(made: list[dict[str, Any]], target: str) -> None:
    """This program's list, as a workbook or as CSV, by the target's ending; its rows are records,
    as the services give them."""
    from pcloud_cli.output.columns import Column
    from pcloud_cli.output.listing import write_list

    columns = [Column(header, header) for header in HEADERS]
    with Path(target).open("wb") as stream:
        write_list(
            stream,
            target.rpartition(".")[2],
            "业主",
            columns,
            made,
            zone="Asia/Shanghai",
            made_at=datetime(2026, 3, 1, tzinfo=UTC),
            made_by="KF001",
        )


def xlsxwriter(made: list[Row], target: str) -> None:
    """XlsxWriter as its documentation advises for long lists."""
    from xlsxwriter import Workbook

    book = Workbook(target, {"constant_memory": True})
    day = book.add_format({"num_format": "yyyy-mm-dd"})
    sheet = book.add_worksheet()
    sheet.write_row(0, 0, HEADERS)
    for number, row in enumerate(made, 1):
        for place, value in enumerate(row):
            if isinstance(value, date):
                sheet.write_datetime(number, place, value, day)
            elif isinstance(value, str):
                sheet.write_string(number, place, value)
            elif value is not None:
                sheet.write_number(number, place, value)
    book.close()


def openpyxl(made: list[Row], target: str) -> None:
    """openpyxl in its write-only mode."""
    from openpyxl import Workbook

    book = Workbook(write_only=True)
    sheet = book.create_sheet()
    sheet.append(HEADERS)
    for row in made:
        sheet.append(row)
    book.save(target)


def pandas(made: list[Row], target: str) -> None:
    """A frame and its to_excel."""
    from pandas import DataFrame

    DataFrame(made, columns=list(HEADERS)).to_excel(target, index=False)


def main(writer: str, count: str, target: str) -> None:
    """Write once and say how long it took."""
    writers: dict[str, Callable[[Any, str], None]] = {
        "csv": plain_csv,
        "ours": ours,
        "xlsxwriter": xlsxwriter,
        "openpyxl": openpyxl,
        "pandas": pandas,
    }
    write = writers[writer]
    made: list[Any] = rows(int(count))
    if writer == "ours":
        made = [dict(zip(HEADERS, row, strict=True)) for row in made]
    write(made[:10], target)  # what is imported once is no part of it
    with Clock(processor=True):
        write(made, target)


if __name__ == "__main__":
    main(*sys.argv[1:])
