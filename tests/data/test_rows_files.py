"""The house's file store on both databases: contents once each, stored files as part of the configuration."""

from __future__ import annotations

import os
from dataclasses import replace

import pytest

from core.files import digest_of
from core.model.file import StoredFile
from tests.data.rows_ground import NOON, Ground

EVERY_BYTE = bytes(range(256)) * 5
CATALOGUE = StoredFile(
    name="catálogo.pdf", digest=digest_of(EVERY_BYTE), size=1280, media_type="application/pdf", at=NOON, by="ana"
)


@pytest.mark.parametrize("content", [b"", b"\0", EVERY_BYTE, os.urandom(300_000)], ids=["none", "nul", "all", "large"])
def test_a_content_comes_back_to_the_byte(ground: Ground, content: bytes) -> None:
    tx, digest = ground.tx(), digest_of(content)
    assert tx.content(digest) is None
    assert tx.contents_here([digest]) == {}
    tx.keep_content(digest, content)
    tx.keep_content(digest, content)
    assert ground.tx().content(digest) == content
    assert ground.tx().contents_here([digest, "0" * 64]) == {digest: len(content)}
    assert ground.db.text("SELECT count(*) FROM contents") == [(1,)]


def test_a_stored_file_is_part_of_the_house(ground: Ground) -> None:
    before = ground.tx().house()
    ground.tx().put_file(CATALOGUE)
    after = ground.tx().house()
    assert after.files == {"catálogo.pdf": CATALOGUE}
    assert after.version != before.version
    newer = replace(CATALOGUE, digest="1" * 64, by="rui")
    ground.tx().put_file(newer)
    assert ground.tx().house().files == {"catálogo.pdf": newer}


def test_a_removed_file_leaves_its_content_and_its_name_free(ground: Ground) -> None:
    tx = ground.tx()
    tx.keep_content(CATALOGUE.digest, EVERY_BYTE)
    tx.put_file(CATALOGUE)
    tx.remove_file(CATALOGUE.name)
    assert ground.tx().house().files == {}
    assert ground.tx().content(CATALOGUE.digest) == EVERY_BYTE
    ground.tx().put_file(CATALOGUE)
    assert ground.tx().house().files == {"catálogo.pdf": CATALOGUE}
