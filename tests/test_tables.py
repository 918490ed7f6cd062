"""Many tables made in one step of a migration."""

from django.db import connection, models
from django.db.migrations.operations import CreateModel
from django.db.migrations.state import ProjectState
from django.db.migrations.writer import OperationWriter

from cpms.tables import CreateModels


def two_tables():
    number = models.BigAutoField(primary_key=True)
    shelf = models.ForeignKey("scratch.Shelf", models.PROTECT)
    return CreateModels(
        [CreateModel("Shelf", [("id", number)]), CreateModel("Book", [("id", number), ("shelf", shelf)])]
    )


def scratch_tables():
    return sorted(name for name in connection.introspection.table_names() if name.startswith("scratch_"))


def test_tables_are_made_in_order_and_taken_back_in_reverse(db):
    before, after = ProjectState(), ProjectState()
    two_tables().state_forwards("scratch", after)
    with connection.schema_editor() as editor:
        two_tables().database_forwards("scratch", editor, before, after)
    assert scratch_tables() == ["scratch_book", "scratch_shelf"]
    with connection.schema_editor() as editor:
        two_tables().database_backwards("scratch", editor, after, before)
    assert scratch_tables() == []


def test_models_are_rendered_once_and_only_when_somebody_asks():
    state = ProjectState()
    assert state.apps.get_models() == []
    two_tables().state_forwards("scratch", state)
    assert "apps" not in state.__dict__
    assert [model.__name__ for model in state.apps.get_models()] == ["Shelf", "Book"]


def test_the_step_can_be_written_and_says_what_it_makes():
    text, imports = OperationWriter(two_tables(), indentation=0).serialize()
    assert text.startswith("cpms.tables.CreateModels(\n    models=[\n        migrations.CreateModel(\n")
    assert "import cpms.tables" in imports
    assert two_tables().describe() == "Create models Shelf, Book"
