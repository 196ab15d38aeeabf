"""django-import-export: a resource of a plain model, import_data in bulk, into SQLite.

Set up for speed as its documentation advises: use_bulk, skip_diff, force_init_instance.
"""

import sys

import django
from common import Clock
from django.conf import settings

book, target = sys.argv[1:3]
settings.configure(
    INSTALLED_APPS=["import_export"],
    DATABASES={
        "default": {
            "ENGINE": "django.db.backends.sqlite3",
            "NAME": target,
            "OPTIONS": {"init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL;"},
        }
    },
    USE_TZ=True,
)
django.setup()

import tablib  # noqa: E402
from django.db import connection, models  # noqa: E402
from import_export import resources  # noqa: E402
from python_calamine import CalamineWorkbook  # noqa: E402

WIDTH = 12


class PlainCells(models.Model):
    for _at in range(WIDTH):
        vars()[f"c{_at}"] = models.TextField(null=True)
    del _at

    class Meta:
        app_label = "bench"


class PlainCellsResource(resources.ModelResource):
    class Meta:
        model = PlainCells
        fields = tuple(f"c{at}" for at in range(WIDTH))
        import_id_fields = ()
        use_bulk = True
        batch_size = 1000
        skip_diff = True
        report_skipped = False
        force_init_instance = True
        use_transactions = True


with connection.schema_editor() as editor:
    editor.create_model(PlainCells)
with Clock():
    rows = CalamineWorkbook.from_path(book).get_sheet_by_index(0).iter_rows()
    next(rows)
    dataset = tablib.Dataset(headers=[f"c{at}" for at in range(WIDTH)])
    for row in rows:
        dataset.append(row)
    result = PlainCellsResource().import_data(dataset, raise_errors=True)
