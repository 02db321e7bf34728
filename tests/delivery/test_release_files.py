"""Versions, lock files, licences, bill of materials, sums and installer sources."""

import ast
import hashlib
import re
import tomllib
from importlib.metadata import PackageNotFoundError, PathDistribution, distribution
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st
from packaging.requirements import Requirement
from packaging.version import Version
from release import freeze, licences, linux, lockfile, macos, sbom, sums, version, windows
from release.steps import ReleaseError, run, tool

from app import __version__

ROOT = Path(__file__).resolve().parents[2]
PACKAGING = ROOT / "packaging"
WIX = "{http://schemas.microsoft.com/wix/2006/wi}"
HOSTS = re.compile(r"\b(pypi|pythonhosted|npmjs|nuget|crates|rubygems)\.(org|com|io)\b|artifactory|nexus", re.I)
PLACES = re.compile(r"(?<![\w.])/(work|root|home/\w+|Users/\w+)/")

numbers = st.integers(0, 200)
versions = st.builds(
    "{}.{}.{}{}".format,
    numbers,
    numbers,
    numbers,
    st.one_of(
        st.just(""),
        st.builds("{}{}".format, st.sampled_from(["a", "b", "rc"]), st.integers(0, 99)),
        st.builds(".post{}".format, st.integers(0, 99)),
    ),
)


@given(versions, versions)
def test_windows_orders_versions_as_python_does(one, other):
    assert (version.numbers(one) < version.numbers(other)) == (Version(one) < Version(other))
    assert max(version.numbers(one)) <= 65_535


@pytest.mark.parametrize("wrong", ["1.2", "1.2.3-beta", "v1.2.3", "1.2.3rc1000", "256.0.0", "1.2.70000", "", "1.2.3.4"])
def test_other_versions_are_refused(wrong):
    with pytest.raises(ValueError, match=r"version|Windows Installer|999"):
        version.numbers(wrong)


def test_the_version_is_written_once():
    assert version.current() == __version__
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    assert project.get("version", __version__) == __version__


@pytest.mark.parametrize("program", ["situs", "situs-window"])
def test_the_version_resource_is_one(program):
    tree = ast.parse(version.resource(program, "1.4.2rc3"), mode="eval")
    assert isinstance(tree.body, ast.Call)
    calls = [node for node in ast.walk(tree) if isinstance(node, ast.Call) and isinstance(node.func, ast.Name)]
    said = {ast.literal_eval(c.args[0]): ast.literal_eval(c.args[1]) for c in calls if c.func.id == "StringStruct"}
    assert said["OriginalFilename"] == f"{program}.exe"
    assert said["ProductVersion"] == said["FileVersion"] == "1.4.2rc3"
    fixed = next(c for c in calls if c.func.id == "FixedFileInfo")
    assert {k.arg: ast.literal_eval(k.value) for k in fixed.keywords}["filevers"] == (1, 4, 2, 2003)


def test_the_manifest_asks_for_long_paths_sharp_pictures_and_utf_8_and_for_no_rights():
    tree = ElementTree.parse(PACKAGING / "windows" / "situs.manifest")
    said = {element.tag.rpartition("}")[2]: (element.text or "").strip() for element in tree.iter()}
    assert said["longPathAware"] == "true"
    assert said["dpiAwareness"] == "PerMonitorV2"
    assert said["activeCodePage"] == "UTF-8"
    level = next(e for e in tree.iter() if e.tag.endswith("requestedExecutionLevel"))
    assert level.get("level") == "asInvoker"


# Lock files


def _dependencies(*extras: str) -> list[Requirement]:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    named = [*project["dependencies"], *(d for extra in extras for d in project["optional-dependencies"][extra])]
    return [Requirement(text) for text in named]


def test_the_lock_answers_every_dependency_with_a_hash_and_names_no_place():
    text = lockfile.LOCK.read_text("utf-8")
    pins: dict[str, list[Requirement]] = {}
    for pin in lockfile.pins(text):
        pins.setdefault(pin.name.lower(), []).append(pin)
    for wanted in _dependencies("postgresql"):
        held = pins.get(wanted.name.lower().replace("_", "-"))
        assert held, f"{wanted.name} is not in the lock"
        exact = [next(iter(pin.specifier)).version for pin in held]
        assert any(wanted.specifier.contains(one, prereleases=True) for one in exact), (str(wanted), exact)
    assert "://" not in text
    assert not re.search(r"^\s*(-i|--index|--extra|--find-links|--trusted)", text, re.MULTILINE)


@pytest.mark.parametrize("name", ["requirements.lock", "tools.lock"])
def test_every_pin_has_hashes(name):
    text = (PACKAGING / name).read_text("utf-8")
    blocks = re.split(r"\n(?=\S)", text.strip())
    assert len(blocks) == len(lockfile.pins(text)) > 10
    assert [b.splitlines()[0] for b in blocks if not re.search(r"--hash=sha256:[0-9a-f]{64}", b)] == []
    assert all("==" in block.splitlines()[0] for block in blocks)


def test_a_distribution_of_another_version_than_the_lock_stops_the_release(tmp_path):
    lock = tmp_path / "requirements.lock"
    lock.write_text("msgspec==0.0.1 \\\n    --hash=sha256:00\nnot-there==1.0\nwin==1 ; sys_platform == 'amiga'\n")
    with pytest.raises(LookupError, match=r"msgspec is .*, the lock says ==0\.0\.1; not-there is not installed"):
        lockfile.shipped(lock)


# Licences and the bill of materials


def _made(tmp_path: Path, name: str, headers: str = "", licence: str = "") -> PathDistribution:
    info = tmp_path / f"{name}-1.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text(f"Metadata-Version: 2.4\nName: {name}\nVersion: 1.0\n{headers}\n")
    record = [f"{info.name}/METADATA,,"]
    if licence:
        (info / "LICENSE").write_text(licence)
        record.append(f"{info.name}/LICENSE,,")
    (info / "RECORD").write_text("\n".join(record))
    return PathDistribution(info)


def test_a_distribution_without_any_licence_stops_the_release(tmp_path):
    good = _made(tmp_path, "good", "License-Expression: MIT")
    text = _made(tmp_path, "text", licence="Do what you like.")
    silent = _made(tmp_path, "silent", "License: UNKNOWN")
    made = licences.collected([good, text])
    assert "good 1.0\nLicence: MIT" in made
    assert "Do what you like." in made
    assert "Python" in made
    assert "resources/fonts/LICENSE" in made
    with pytest.raises(LookupError, match="silent"):
        licences.collected([good, silent])


def test_every_part_of_the_program_states_its_licence():
    """Of the pins, those that are installed here; other systems' are checked when it is built there."""
    found = []
    for pin in lockfile.pins(lockfile.LOCK.read_text("utf-8")):
        try:
            found.append(distribution(pin.name))
        except PackageNotFoundError:
            continue
    assert len(found) > 40
    assert [lockfile.normal(one) for one in found if not licences.statement(one)] == []
    text = licences.collected(found)
    for one in found:
        assert f"{one.metadata['Name']} {one.version}\n" in text


def test_the_licence_of_qt_is_there_in_full():
    """Its distribution carries none, and the LGPL asks for its text and that of the GPL it builds on."""
    lesser = (PACKAGING / "licences" / "LGPL-3.0.txt").read_text("utf-8")
    assert "GNU LESSER GENERAL PUBLIC LICENSE" in lesser
    assert "GNU GENERAL PUBLIC LICENSE" in (PACKAGING / "licences" / "GPL-3.0.txt").read_text("utf-8")


def test_the_bill_holds_what_is_shipped_and_nothing_of_the_build(tmp_path):
    one, two = _made(tmp_path, "One_Part", "License-Expression: MIT"), _made(tmp_path, "two")
    local = {
        "externalReferences": [{"type": "distribution", "url": "file:///somewhere"}],
        "properties": [{"name": "p"}],
    }
    found: dict[str, Any] = {
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "components": [
            {"bom-ref": "a", "name": "one-part", "version": "1.0", **local},
            {"bom-ref": "b", "name": "two", "version": "1.0"},
            {"bom-ref": "c", "name": "pyinstaller", "version": "6"},
        ],
        "dependencies": [{"ref": "a", "dependsOn": ["b", "c"]}, {"ref": "c", "dependsOn": ["a"]}],
    }
    lock = "one-part==1.0 \\\n    --hash=sha256:aa \\\n    --hash=sha256:bb\ntwo==1.0 \\\n    --hash=sha256:cc\n"
    made = sbom.of_shipped(found, [one, two], lock)
    parts = {part["name"]: part for part in made["components"]}
    assert set(parts) == {"one-part", "two", "CPython"}
    assert [h["content"] for h in parts["one-part"]["hashes"]] == ["aa", "bb"]
    assert parts["one-part"]["licenses"] == [{"license": {"name": "MIT"}}]
    assert "file:" not in str(made)
    subject = made["metadata"]["component"]
    assert (subject["name"], subject["version"]) == ("Situs", __version__)
    edges = {edge["ref"]: edge["dependsOn"] for edge in made["dependencies"]}
    assert edges["a"] == ["b"]
    assert set(edges[subject["bom-ref"]]) == {"a", next(p["bom-ref"] for p in parts.values() if p["name"] == "CPython")}
    with pytest.raises(ReleaseError, match="lacks three"):
        sbom.of_shipped({"components": []}, [_made(tmp_path, "three")], lock)


# Sums, sources of installers, recipes


def test_sums_are_those_of_the_files_in_the_form_of_sha256sum(tmp_path):
    for name in ("b.msi", "a b ü.exe"):
        (tmp_path / name).write_bytes(name.encode() * 1000)
    made = sums.write(tmp_path, [tmp_path / "b.msi", tmp_path / "a b ü.exe"])
    lines = made.read_text("utf-8").splitlines()
    assert [line[66:] for line in lines] == ["a b ü.exe", "b.msi"]
    for line in lines:
        assert line[:64] == hashlib.sha256((tmp_path / line[66:]).read_bytes()).hexdigest()


def test_sums_stay_unsigned_without_a_key(tmp_path, monkeypatch, capsys):
    monkeypatch.delenv("SITUS_GPG_KEY", raising=False)
    assert sums.signed(tmp_path / "SHA256SUMS") is None
    assert "SITUS_GPG_KEY" in capsys.readouterr().out


def _folder(tmp_path: Path) -> Path:
    folder = tmp_path / "Ordner mit Ü" / "Situs"
    for name in ("situs.exe", "situs-window.exe", "LICENSE.txt", "_internal/a b.dll", "_internal/Qt/é.dll"):
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"x")
    return folder


def test_the_msi_holds_every_file_once_and_names_it_alike_in_each_version(tmp_path):
    folder = _folder(tmp_path)
    tree = ElementTree.fromstring(windows.fragment(folder))
    sources = [file.get("Source") for file in tree.iter(f"{WIX}File")]
    assert sorted((s or "").removeprefix("$(var.Source)/") for s in sources) == [
        "LICENSE.txt",
        "_internal/Qt/é.dll",
        "_internal/a b.dll",
    ]
    guids = {c.get("Id"): c.get("Guid") for c in tree.iter(f"{WIX}Component")}
    assert len(set(guids.values())) == 3
    referenced = {ref.get("Id") for ref in tree.iter(f"{WIX}ComponentRef")}
    assert referenced == set(guids)
    other = tmp_path / "later" / "Situs"
    folder.parent.rename(other.parent)
    again = ElementTree.fromstring(windows.fragment(other))
    assert {c.get("Id"): c.get("Guid") for c in again.iter(f"{WIX}Component")} == guids
    main = ElementTree.parse(PACKAGING / "windows" / "situs.wxs")
    apart = {Path(file.get("Source") or "").name for file in main.iter(f"{WIX}File")}
    assert apart == {"situs.exe", "situs-window.exe"}


def test_the_installer_needs_no_rights_and_replaces_what_is_there():
    text = (PACKAGING / "windows" / "situs.iss").read_text("utf-8")
    assert "PrivilegesRequired=lowest" in text
    assert "PrivilegesRequiredOverridesAllowed" not in text
    assert re.search(r"^AppId=\{\{6A6C2B0E-", text, re.MULTILINE), "another AppId would install beside, not over"
    assert "MB_DEFBUTTON2" in text  # data stay unless someone says otherwise
    assert "UninstallSilent()" in text
    german = set(re.findall(r"^de\.(\w+)=", text, re.MULTILINE))
    assert german == set(re.findall(r"^en\.(\w+)=", text, re.MULTILINE))


def test_the_compiler_of_the_installer_is_given_no_secret(tmp_path, monkeypatch):
    monkeypatch.setenv("SITUS_SIGN_PFX", "UEZY")
    monkeypatch.setenv("SITUS_SIGN_PASSWORD", "canary-7f3a")
    words = windows.setup_words(tmp_path, tmp_path, signed=True)
    assert "/DSign" in words
    assert not [word for word in words if "canary-7f3a" in word or "UEZY" in word]
    assert [word for word in windows.setup_words(tmp_path, tmp_path, signed=False) if "ign" in word] == []


def test_the_control_file_is_filled_in_and_a_candidate_sorts_before_its_release():
    text = linux.control(1234, "x86_64")
    fields = dict(line.split(": ", 1) for line in text.splitlines() if ": " in line and not line.startswith(" "))
    assert fields["Architecture"] == "amd64"
    assert fields["Installed-Size"] == "1234"
    assert "@" not in text.replace(fields["Maintainer"], "")
    assert linux.debian_version("1.2.3rc1") == "1.2.3~rc1"
    assert linux.debian_version("1.2.3.post2") == "1.2.3+post2"
    with pytest.raises(ReleaseError, match="riscv64"):
        linux.control(1, "riscv64")


def test_the_bundle_names_the_program_and_its_version():
    said = macos.information()
    assert said["CFBundleExecutable"] == "situs-window"
    assert said["CFBundleShortVersionString"] == version.installer(__version__)


def test_a_tool_that_is_not_here_is_named_with_where_to_get_it():
    with pytest.raises(ReleaseError, match=r"no-such-tool is not here\. Buy one"):
        tool("no-such-tool", "Buy one.")


def test_a_tool_that_fails_says_so_and_what_it_said(tmp_path):
    with pytest.raises(ReleaseError, match="cannot be started"):
        run([tmp_path / "absent"])
    assert freeze.size(tmp_path) == 0


def test_nothing_names_a_registry_or_a_place_of_the_building_machine():
    wrong: list[str] = []
    looked_at = 0
    for folder in (PACKAGING, ROOT / ".github"):
        for path in folder.rglob("*"):
            if path.suffix in {".ico", ".icns", ".png", ".pyc"} or not path.is_file() or "licences" in path.parts:
                continue
            looked_at += 1
            text = path.read_text("utf-8")
            wrong += [f"{path.name}: {found[0]}" for found in (*HOSTS.finditer(text), *PLACES.finditer(text))]
    assert looked_at > 25
    assert wrong == []
    assert not (PACKAGING / "__init__.py").exists()


# Workflows


def _workflows() -> dict[str, dict[str, Any]]:
    folder = ROOT / ".github" / "workflows"
    return {path.name: yaml.load(path.read_text("utf-8"), yaml.BaseLoader) for path in sorted(folder.glob("*.yml"))}


def test_workflows_build_and_test_on_all_three_systems_with_as_few_rights_as_possible():
    found = _workflows()
    assert set(found) == {"backends.yml", "release.yml", "tests.yml"}
    for name, flow in found.items():
        text = str(flow)
        systems = ("ubuntu",) if name == "backends.yml" else ("windows", "macos", "ubuntu")
        for system in systems:
            assert system in text, (name, system)
        assert flow["permissions"] == {"contents": "read"}, name
        for job in flow["jobs"].values():
            for step in job["steps"]:
                assert "secrets." not in step.get("run", ""), "a secret goes by the environment, never into a script"
                used = step.get("uses", "")
                assert not used or re.fullmatch(r"[\w./-]+@(v\d+|[0-9a-f]{40})", used), used


def test_every_backend_has_its_job():
    from backends import ALL, USUAL

    (job,) = _workflows()["backends.yml"]["jobs"].values()
    assert sorted(job["strategy"]["matrix"]["backends"]) == sorted(set(ALL) - {USUAL})
