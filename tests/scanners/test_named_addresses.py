"""Addresses in command lines and variables, and which of them are written to."""

import pytest

from scanners.documents import is_written, named_addresses, project


def test_flags_and_variables_keep_their_names_and_nothing_else() -> None:
    document = {
        "args": ["--train=gs://in/a", "--password=hunter2", "--output_dir", "gs://out/b", "s3://user:pw@more/c"],
        "env": [{"name": "TOKEN", "value": "secret"}, {"name": "CKPT", "value": "s3://ckpt/x?sig=1"}],
        "script": ["sh", "-c", "python train.py data.path=s3://data/1 save_to=gs://saved/2 && curl https://u:p@host"],
    }
    kept = project(document, ("arguments:args", "arguments:env", "arguments:script"))
    assert kept == {
        "args": [
            {"name": "train", "addresses": ["gs://in/a"]},
            {"name": "output_dir", "addresses": ["gs://out/b"]},
            {"name": "output_dir", "addresses": ["s3://more/c"]},
        ],
        "env": [{"name": "CKPT", "addresses": ["s3://ckpt/x"]}],
        "script": [
            {"name": "data.path", "addresses": ["s3://data/1"]},
            {"name": "save_to", "addresses": ["gs://saved/2"]},
        ],
    }
    assert "secret" not in str(kept)
    assert "hunter2" not in str(kept)


@pytest.mark.parametrize("value", [None, 3, [], [None, 3, {}], {"a": None}, [{"name": 3, "value": ["gs://x/y"]}]])
def test_other_forms_hold_no_address(value: object) -> None:
    assert named_addresses(value) == []


@pytest.mark.parametrize(
    ("name", "written"),
    [
        ("output-dir", True),
        ("CHECKPOINT_PATH", True),
        ("log_dir", True),
        ("default_root_dir", True),
        ("resume_from_checkpoint", False),
        ("train_data", False),
        ("input", False),
        ("", False),
        ("pretrained-model", False),
        ("checkout", False),
    ],
)
def test_direction_follows_the_name(name: str, written: bool) -> None:
    assert is_written(name) is written
