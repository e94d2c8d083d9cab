"""What can be wrong with a database before any question is asked of it.

StoreError
├── UrlRefused          the address names a kind of database that this build cannot serve
├── DatabaseMissing     nothing lies at the address
├── DatabaseExists      something lies where a new database was to be made
├── DatabaseForeign     the file is not a database of this product
├── DatabaseNewer       a later release of the product wrote it
├── DatabaseDamaged     the file cannot be read as a database
├── DatabaseUnwritable  the disk does not let the file be made or written
├── DatabaseBusy        another writer held it longer than the wait allowed
└── VersionMoved        a row was not at the version read in the same transaction
"""

from __future__ import annotations


class StoreError(Exception):
    """Base of the store's errors: a stable ``code``, and the address or place concerned."""

    code = "store_error"

    def __init__(self, place: str, detail: str = "") -> None:
        super().__init__(f"{self.code}: {place}" + (f" ({detail})" if detail else ""))
        self.place = place
        self.detail = detail


class UrlRefused(StoreError):
    """The address names a kind of database that this build cannot serve."""

    code = "database_url_refused"


class DatabaseMissing(StoreError):
    """Nothing lies at the address; it is made by ``init``, never by opening."""

    code = "database_missing"


class DatabaseExists(StoreError):
    """Something lies where a new database was to be made; nothing is overwritten."""

    code = "database_exists"


class DatabaseForeign(StoreError):
    """The file is a database, but not one of this product."""

    code = "database_foreign"


class DatabaseNewer(StoreError):
    """The schema is of a later release than this one."""

    code = "database_newer"


class DatabaseDamaged(StoreError):
    """The file cannot be read as a database."""

    code = "database_damaged"


class DatabaseUnwritable(StoreError):
    """The disk does not let the file be made or written: no folder, no right, no room."""

    code = "database_unwritable"


class DatabaseBusy(StoreError):
    """Another writer held the database longer than the wait allowed; nothing was written."""

    code = "database_busy"


class VersionMoved(StoreError):
    """A row was not at the version that was read in the same transaction; it must not be committed."""

    code = "version_moved"
