"""Files of every sort, good and bad: what is read, what is refused, and in which words."""

import csv
import gzip
import hashlib
import io
import json
import zipfile
from pathlib import Path
from typing import Any

import pytest

from scanners.exports import ImportedFile, Limits, State, read_exports
from scanners.exports.archive import parts
from scanners.exports.detect import stream_of
from scanners.exports.source import ExportError, Shape, SourceFile
from scanners.model import Asset, Coverage, CoverageStatus, Item


def volume(number: int, **changes: Any) -> dict[str, Any]:
    return {
        "configuration": {"volumeId": f"vol-{number}", "encrypted": True, "availabilityZone": "eu-west-1a"},
        "awsAccountId": "123456789012",
        "configurationItemStatus": "OK",
        "configurationItemCaptureTime": "2026-10-01T00:00:00.000Z",
        "resourceType": "AWS::EC2::Volume",
        "resourceId": f"vol-{number}",
        "awsRegion": "eu-west-1",
        **changes,
    }


def snapshot(count: int, **changes: Any) -> bytes:
    items = [volume(n, **changes) for n in range(count)]
    return json.dumps({"fileVersion": "1.0", "configSnapshotId": "s", "configurationItems": items}).encode()


def read(path: Path, **options: Any) -> tuple[list[ImportedFile], list[Item]]:
    items: list[Item] = []
    return read_exports([path], items.extend, **options), items


def one(folder: Path, content: bytes, name: str = "export", **options: Any) -> tuple[ImportedFile, list[Item]]:
    path = folder / name
    path.write_bytes(content)
    [file], items = read(path, **options)
    return file, items


def volumes(items: list[Item]) -> int:
    return sum(isinstance(i, Asset) and i.kind == "storage.volume" for i in items)


def statuses(items: list[Item]) -> set[CoverageStatus]:
    return {i.status for i in items if isinstance(i, Coverage) and i.kind == "storage.volume"}


@pytest.mark.parametrize(
    "wrap",
    [
        lambda text: text,
        gzip.compress,
        lambda text: gzip.compress(text[:100]) + gzip.compress(text[100:]),
        lambda text: b"\xef\xbb\xbf" + text,
        lambda text: text.decode().encode("utf-16"),
        lambda text: b"\xfe\xff" + text.decode().encode("utf-16-be"),
        lambda text: text.replace(b", ", b",\r\n"),
        lambda text: gzip.compress(text) + b"\0" * 64,
    ],
)
def test_wrappings_that_windows_and_aws_make(tmp_path: Path, wrap: Any) -> None:
    file, items = one(tmp_path, wrap(snapshot(300)))
    assert (file.state, file.warnings, volumes(items)) == (State.COMPLETE, [], 300)
    assert statuses(items) == {CoverageStatus.COLLECTED}
    assert file.provider == "aws"
    assert file.counts["storage.volume"] == 300
    assert file.digest == hashlib.sha256((tmp_path / "export").read_bytes()).hexdigest()


def test_a_zip_gives_one_record_for_each_member(tmp_path: Path) -> None:
    content = io.BytesIO()
    inner = io.BytesIO()
    with zipfile.ZipFile(inner, "w") as archive:
        archive.writestr("x.json", "{}")
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("eu/one.json.gz", gzip.compress(snapshot(3)))
        archive.writestr("__MACOSX/one", "rubbish")
        archive.writestr("nested.zip", inner.getvalue())
        archive.writestr("empty.json", "")
        archive.writestr("two.json", snapshot(4))
    path = tmp_path / "all.zip"
    path.write_bytes(content.getvalue())
    files, items = read(path)
    found = {f.name: f.state for f in files}
    assert found == {
        "all.zip › eu/one.json.gz": State.COMPLETE,
        "all.zip › two.json": State.COMPLETE,
        "all.zip": State.REFUSED,
    }
    refused = [w for f in files if f.state is State.REFUSED for w in f.warnings]
    assert sorted(refused) == [
        "all.zip › empty.json is empty: nothing was read from it; export it again.",
        "all.zip › nested.zip is an archive inside an archive, which is not read: unpack the outer one first.",
    ]
    assert volumes(items) == 7


def test_a_folder_is_read_without_hidden_files(tmp_path: Path) -> None:
    (tmp_path / "deep").mkdir()
    (tmp_path / "deep" / "a").write_bytes(snapshot(2))
    (tmp_path / ".hidden").write_bytes(b"rubbish")
    files, items = read(tmp_path)
    assert [(f.name, f.state) for f in files] == [("a", State.COMPLETE)]
    assert volumes(items) == 2


def test_files_of_the_same_name_are_told_apart(tmp_path: Path) -> None:
    for name in ("eu/a.json", "us/a.json", "us/b.json"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_bytes(snapshot(1))
    eu, us, other = (tmp_path / name for name in ("eu/a.json", "us/a.json", "us/b.json"))

    def names(*paths: Path) -> list[str]:
        items: list[Item] = []
        files = read_exports(paths, items.extend)
        assert {f"import:{f.name}" for f in files} == {i.connection for i in items if isinstance(i, Coverage)}
        return [f.name for f in files]

    assert names(eu, other) == ["a.json", "b.json"]
    assert names(eu, us, other, us) == ["eu/a.json", "us/a.json", "us/b.json"]
    assert names(tmp_path / "eu", tmp_path / "us") == ["eu/a.json", "us/a.json", "us/b.json"]
    assert names(tmp_path) == ["eu/a.json", "us/a.json", "us/b.json"]


def test_a_truncated_gzip_keeps_what_was_read(tmp_path: Path) -> None:
    whole = gzip.compress(snapshot(20_000))
    file, items = one(tmp_path, whole[: len(whole) // 2], "week.json.gz")
    assert file.state is State.PARTIAL
    assert 1000 < volumes(items) < 20_000
    assert statuses(items) == {CoverageStatus.PARTIAL}
    [warning] = file.warnings
    assert "week.json.gz is not complete: its compressed data stop at byte" in warning
    assert f"The {volumes(items):,} items before that were kept" in warning


def test_truncated_json_keeps_what_was_read(tmp_path: Path) -> None:
    file, items = one(tmp_path, snapshot(50)[:-100])
    assert (file.state, volumes(items)) == (State.PARTIAL, 49)
    assert "stops in the middle" in file.warnings[0]
    assert "byte" in file.warnings[0]


def test_damaged_gzip(tmp_path: Path) -> None:
    whole = bytearray(gzip.compress(snapshot(20_000)))
    middle = len(whole) // 2
    whole[middle : middle + 40] = bytes(40)
    file, items = one(tmp_path, bytes(whole))
    assert file.state is State.PARTIAL
    assert "damaged" in file.warnings[0]
    assert "byte" in file.warnings[0]
    assert volumes(items) > 0


def bomb(size: int) -> bytes:
    return gzip.compress(b'{"configurationItems":[' + b" " * size + b"]}", 9)


def test_a_bomb_is_stopped_by_its_ratio(tmp_path: Path) -> None:
    file, _ = one(tmp_path, bomb(80 << 20), "bomb.gz")
    assert file.state is not State.COMPLETE
    assert "bomb.gz" in file.warnings[0]
    assert "expands more than 200 times" in file.warnings[0]
    assert "unpack it by hand if you trust it" in file.warnings[0]


def test_a_bomb_is_stopped_by_its_size(tmp_path: Path) -> None:
    file, _ = one(tmp_path, bomb(4 << 20), "bomb.gz", limits=Limits(expanded=1 << 20))
    assert file.state is not State.COMPLETE
    assert "more than the limit of 1,048,576 bytes" in file.warnings[0]


def test_a_zip_that_says_it_is_too_large_is_refused_unread(tmp_path: Path) -> None:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("a.json", b" " * (5 << 20))
        archive.writestr("b.json", b" " * (6 << 20))
    file, items = one(tmp_path, content.getvalue(), "bomb.zip", limits=Limits(expanded=10 << 20))
    assert (file.state, items) == (State.REFUSED, [])
    assert file.warnings[0].startswith("bomb.zip says that it expands to 11,534,336 bytes, more than the limit")


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "is empty"),
        (b"  \r\n", "is empty"),
        (bytes(range(256)) * 50, "is a binary file"),
        (b"%PDF-1.7 x", "is a PDF document"),
        (b"PK\x03\x04 rubbish", "cannot be opened"),
        (b'{"version": 4, "terraform_version": "1.9", "resources": [], "lineage": "x"}', "Terraform state"),
        (b'{"Records": [{"eventSource": "s3.amazonaws.com"}]}', "CloudTrail log"),
        (b'{"error": {"code": "Forbidden", "message": "no"}}', "error that a provider answered"),
        (b'{"Reservations": [{"Instances": []}], "NextToken": "x"}', "list of the AWS command line"),
        (
            b'[{"kind": "compute#instance", "selfLink": "https://www.googleapis.com/compute/v1/x"}]',
            "one Google service",
        ),
        (b"resourceId,resourceType,awsRegion\nvol-1,AWS::EC2::Volume,eu-west-1\n", "AWS Config as a table"),
        (b'{"hello": [1, 2]}', "none of the exports that Situs knows"),
        (b"just some words", "is text, but none of the exports"),
        (b"a,b\n1,2\n", "is a table, but none of the exports"),
        (b"[" * 200 + b"]" * 200, "none of the exports that Situs knows"),
        (b'{"configurationItems": []}', "without any configuration item"),
    ],
)
def test_what_cannot_be_read_is_refused_in_one_sentence(tmp_path: Path, content: bytes, words: str) -> None:
    file, items = one(tmp_path, content, "given.json")
    assert file.state is State.REFUSED
    [warning] = file.warnings
    assert "given.json" in warning
    assert words in warning
    assert "\n" not in warning
    assert not [i for i in items if isinstance(i, Asset)]


@pytest.mark.parametrize(
    "notices",
    [
        b"WARNING: This command is in preview.\r\nWARNING: More words {here}.\r\n",
        b"Warning: v1 ComponentStatus is deprecated\n\n",
        b"W1120 10:00:00.123456   42 warnings.go:70] policy/v1beta1 is deprecated\n",
    ],
)
@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_notices_of_command_lines_before_the_content_are_passed_over(
    tmp_path: Path, notices: bytes, encoding: str
) -> None:
    file, items = one(tmp_path, (notices + snapshot(300)).decode().encode(encoding))
    assert (file.state, file.warnings, volumes(items)) == (State.COMPLETE, [], 300)


@pytest.mark.parametrize("tag", ["Zürich".encode("cp1252"), b'", "x": NaN, "y": "'])
def test_a_bad_first_item_does_not_hide_what_a_file_is(tmp_path: Path, tag: bytes) -> None:
    first, second = (json.dumps(volume(n) | {"tags": {"place": "@"}}).encode() for n in (1, 2))
    text = b'{"fileVersion":"1.0","configurationItems":[' + first.replace(b"@", tag) + b"," + second + b"]}"
    file, items = one(tmp_path, text)
    assert (file.state, volumes(items)) == (State.PARTIAL, 1)
    assert any("item 1 (byte" in w for w in file.warnings)
    file, items = one(tmp_path, b"[" + first.replace(b"@", tag) + b"," + second + b"]")
    assert (file.state, volumes(items)) == (State.PARTIAL, 1)


def test_a_missing_file_is_told(tmp_path: Path) -> None:
    [file], _ = read(tmp_path / "none.json")
    assert file.state is State.REFUSED
    assert "There is no file" in file.warnings[0]


def test_bad_items_are_left_out_and_make_coverage_partial(tmp_path: Path) -> None:
    good = json.dumps(volume(1)).encode()
    deep = b'{"resourceType":' + b"[" * 200 + b"]" * 200 + b"}"
    text = b'{"configurationItems":[' + b",".join(
        [good, b'{"a":tru}', deep, b'{"resourceId":"\xff"}', b"7", good.replace(b"vol-1", b"vol-2")]
    )
    file, items = one(tmp_path, text + b"]}", "bad.json")
    assert (file.state, volumes(items)) == (State.PARTIAL, 2)
    assert statuses(items) == {CoverageStatus.PARTIAL}
    text_of_warnings = " ".join(file.warnings)
    for words in ("item 2 (byte", "nested more than 64 levels", "not valid UTF-8", "item 5"):
        assert words in text_of_warnings


def test_the_same_thing_twice_is_told(tmp_path: Path) -> None:
    document = {"fileVersion": "1.0", "configSnapshotId": "s", "configurationItems": [volume(1), volume(1)]}
    file, _ = one(tmp_path, json.dumps(document).encode())
    assert any("twice" in w for w in file.warnings)


def test_stopping_keeps_what_was_read(tmp_path: Path) -> None:
    calls: list[int] = []

    def stop() -> bool:
        calls.append(1)
        return len(calls) > 2

    file, items = one(tmp_path, snapshot(5000), cancelled=stop)
    assert file.state is State.PARTIAL
    assert 0 < volumes(items) < 5000
    assert "stopped" in file.warnings[-1]


def test_progress_ends_at_the_total(tmp_path: Path) -> None:
    seen: list[tuple[str, int, int]] = []
    content = snapshot(2000)
    one(tmp_path, content, progress=lambda name, done, total: seen.append((name, done, total)))
    assert seen[-1] == ("export", len(content), len(content))


def test_what_the_sink_raises_goes_through(tmp_path: Path) -> None:
    def full(batch: list[Item]) -> None:
        raise OSError(28, "No space left on device")

    path = tmp_path / "export"
    path.write_bytes(snapshot(10))
    with pytest.raises(OSError, match="No space"):
        read_exports([path], full)


def table(folder: Path, text: bytes) -> tuple[list[dict[str, str]], SourceFile]:
    path = folder / "table.csv"
    path.write_bytes(text)
    [part] = parts(path, Limits())
    assert not isinstance(part, ExportError)
    file = SourceFile("table.csv", "import:table.csv")
    head, stream = stream_of(part, file, Limits())
    assert head.shape is Shape.TABLE
    return [dict(element.value) for element in stream.elements()], file


@pytest.mark.parametrize("start", [b"", b"sep=;\r\n", b"#TYPE System.Object\r\n", b"\xef\xbb\xbf"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_tables_of_excel_and_powershell(tmp_path: Path, start: bytes, delimiter: str) -> None:
    if start.startswith(b"sep") and delimiter != ";":
        start = f"sep={delimiter}\r\n".encode()
    rows = [["id", "name", "note"], ["1", "Münster", 'say "a,b;c"\nsecond line'], ["2", "x", ""]]
    text = io.StringIO()
    csv.writer(text, delimiter=delimiter).writerows(rows)
    found, file = table(tmp_path, start + text.getvalue().encode())
    assert found == [dict(zip(rows[0], row, strict=True)) for row in rows[1:]]
    assert file.warnings == []


def test_a_table_that_is_not_utf_8_ends_there(tmp_path: Path) -> None:
    found, file = table(tmp_path, b"id,name\n1,a\n2,M\xfcnster\n3,c\n")
    assert found == [{"id": "1", "name": "a"}]
    assert "line 3: it is not UTF-8 text" in (file.ended_early or "")


def test_pages_after_one_another_are_one_stream(tmp_path: Path) -> None:
    pages = b"\n".join(json.dumps({"configurationItems": [volume(n)]}).encode() for n in range(3))
    file, items = one(tmp_path, pages)
    assert (file.state, volumes(items)) == (State.COMPLETE, 3)


def test_items_one_on_a_line(tmp_path: Path) -> None:
    lines = b"\r\n".join(json.dumps(volume(n)).encode() for n in range(3))
    file, items = one(tmp_path, lines)
    assert (file.state, volumes(items)) == (State.COMPLETE, 3)
    cut, kept = one(tmp_path, lines[:-20], "cut")
    assert (cut.state, volumes(kept)) == (State.PARTIAL, 2)
