"""Model fields whose column holds ciphertext and whose attribute holds the plain value.

The model must have a ``key`` foreign key to ``vault.DataKey`` and a primary key known before saving (a UUID),
or, where a library demands integer keys, a ``seal_id``.
The value is opened on first access, so a list that does not show the text does not pay for it.
"""

from __future__ import annotations

from typing import Any

from django.db import models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.operations import AlterField
from django.db.migrations.state import ProjectState
from django.db.models.query_utils import DeferredAttribute

from cpms.vault import cipher

ERASED = "Erased"


class Sealed(bytes):
    """Ciphertext as it came from the database, not opened yet."""


class SealedAttribute(DeferredAttribute):
    """Opens the ciphertext when read. A destroyed key gives ``ERASED``."""

    field: SealedTextField

    def __get__(self, instance: Any, cls: Any = None) -> Any:
        if instance is None:
            return self
        value = super().__get__(instance, cls)
        if isinstance(value, Sealed):
            value = self.field.open_for(instance, value)
            instance.__dict__[self.field.attname] = value
        return value

    def __set__(self, instance: Any, value: Any) -> None:
        instance.__dict__[self.field.attname] = value


class SealedTextField(models.BinaryField):
    """Text sealed under the row's own data key (AES-GCM), bound to table, column and primary key."""

    descriptor_class = SealedAttribute
    erased: Any = ERASED
    _pyi_private_set_type: Any
    _pyi_private_get_type: Any

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("default", self.empty())
        kwargs["editable"] = True
        super().__init__(*args, **kwargs)

    def _check_str_default_value(self) -> list[Any]:
        """The attribute holds text, so its default is text; the column's bytes are made in ``pre_save``."""
        return []

    def deconstruct(self) -> Any:
        name, path, args, kwargs = super().deconstruct()
        kwargs.pop("default", None)
        kwargs.pop("editable", None)
        return name, path, args, kwargs

    def empty(self) -> Any:
        return ""

    def to_bytes(self, value: Any) -> bytes:
        return str(value).encode()

    def from_bytes(self, plain: bytes) -> Any:
        return plain.decode()

    def context(self, instance: Any) -> str:
        return f"{self.model._meta.db_table}.{self.column}.{getattr(instance, 'seal_id', instance.pk)}"

    def get_db_prep_value(self, value: Any, connection: Any, prepared: bool = False) -> Any:  # noqa: FBT001, FBT002
        """Empty text is an empty column: so a migration fills a new one. Nothing else arrives here unsealed."""
        return super().get_db_prep_value(value or b"", connection, prepared)

    def from_db_value(self, value: Any, _expression: Any, _connection: Any) -> Sealed | None:
        return None if value is None else Sealed(bytes(value))

    def open_for(self, instance: Any, sealed: Sealed) -> Any:
        """The plain value of a row: of an instance, or of anything that bears the row's ``pk`` and its ``key``."""
        if not sealed:
            return self.empty()
        secret = instance.key.secret()
        if secret is None:
            return self.erased
        return self.from_bytes(cipher.open_sealed(secret, sealed, self.context(instance)))

    def pre_save(self, model_instance: Any, add: bool) -> bytes:  # noqa: FBT001 Django's signature
        value = model_instance.__dict__.get(self.attname, self.empty())
        if isinstance(value, Sealed):
            return value
        if not value:
            return b""
        secret = model_instance.key.secret()
        if secret is None:
            raise cipher.CannotOpen("the key was destroyed; nothing can be written under it")
        return cipher.seal(secret, self.to_bytes(value), self.context(model_instance))


class SealedBytesField(SealedTextField):
    """The same for files: bytes in, bytes out."""

    erased: Any = b""

    def empty(self) -> Any:
        return b""

    def to_bytes(self, value: Any) -> bytes:
        return bytes(value)

    def from_bytes(self, plain: bytes) -> Any:
        return plain


class SealColumn(AlterField):
    """A step of a migration: a column of plain text becomes a ``SealedTextField``, and what rows hold is sealed at once.

    ``owner`` is the table that has the rows' key, reached through ``through``; both tables have UUIDs. Text whose key was
    destroyed is dropped; the row still says that there was one. Older dumps hold the plain text until they are thrown away.
    """

    def __init__(self, model_name: str, name: str, *, table: str, owner: str, through: str, longest: int) -> None:
        super().__init__(model_name, name, SealedTextField())
        self.table, self.owner, self.through, self.longest = table, owner, through, longest

    def database_forwards(
        self, app_label: str, schema_editor: BaseDatabaseSchemaEditor, from_state: ProjectState, to_state: ProjectState
    ) -> None:
        self._make_anew(schema_editor, "bytea NOT NULL DEFAULT ''", self._sealed)

    def database_backwards(
        self, app_label: str, schema_editor: BaseDatabaseSchemaEditor, from_state: ProjectState, to_state: ProjectState
    ) -> None:
        self._make_anew(schema_editor, f"varchar({self.longest}) NOT NULL DEFAULT ''", self._opened)

    def _make_anew(self, schema_editor: BaseDatabaseSchemaEditor, kind: str, changed: Any) -> None:
        """Our own names only stand in these statements."""
        table, column = self.table, self.name
        with schema_editor.connection.cursor() as cursor:
            cursor.execute(f"ALTER TABLE {table} RENAME COLUMN {column} TO {column}_before")
            cursor.execute(f"ALTER TABLE {table} ADD COLUMN {column} {kind}")
            cursor.execute(f"ALTER TABLE {table} ALTER COLUMN {column} DROP DEFAULT")
            cursor.execute(
                f"SELECT held.id, held.{column}_before, key.id, key.kek_name, key.wrapped FROM {table} held "  # noqa: S608
                f"JOIN {self.owner} owner ON owner.id = held.{self.through} JOIN vault_datakey key ON key.id = owner.key_id "
                f"WHERE held.{column}_before <> ''"
            )
            for pk, value, key, kek_name, wrapped in cursor.fetchall():
                secret = wrapped and cipher.unwrap(kek_name, bytes(wrapped), f"vault_datakey.wrapped.{key}")
                kept = changed(value, secret, f"{table}.{column}.{pk}")
                cursor.execute(f"UPDATE {table} SET {column} = %s WHERE id = %s", [kept, pk])  # noqa: S608
            schema_editor.connection.check_constraints()  # what waits for the commit forbids changing the table
            cursor.execute(f"ALTER TABLE {table} DROP COLUMN {column}_before")

    def _sealed(self, text: str, secret: bytes | None, context: str) -> bytes:
        return cipher.seal(secret or cipher.new_secret(), text.encode() if secret else b"", context)

    def _opened(self, sealed: bytes, secret: bytes | None, context: str) -> str:
        return cipher.open_sealed(secret, bytes(sealed), context).decode() if secret else ERASED
