"""What goes into the folder of the program: all that is looked up by name when it runs, and no more than needed."""

import ast
import shutil
import subprocess
import sys
from pathlib import Path

import botocore
import botocore.session
import pypdfium2_raw
from botocore.loaders import Loader
from release import contents

from scanners.aws.live.registry import operations

ROOT = Path(__file__).resolve().parents[2]
EVERYTHING = """
import argparse, sys
from importlib import import_module
from app.cli.arguments import parser
from scanners.live import PROVIDERS
from scanners.exports import formats

def walk(one):
    run = one.get_default("run")
    if run:
        import_module(run.split(":")[0])
    for action in one._actions:
        if isinstance(action, argparse._SubParsersAction):
            for below in action.choices.values():
                walk(below)

walk(parser())
for name in PROVIDERS:
    import_module(f"scanners.{name}").document_types()
    import_module(f"scanners.{name}.live.connect")
for name in ("aws", "azure", "gcp"):
    registry = import_module(f"scanners.{name}.live.registry")
    registry.collectors(), registry.operations()
formats.formats()
import app.desktop.start, app.desktop.selftest, app.desktop.desk, app.desktop.window
print("\\n".join(sorted(sys.modules)))
"""


def test_every_module_that_is_found_by_name_is_in_the_list():
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", EVERYTHING], capture_output=True, text=True, cwd=ROOT, check=False
    )
    assert done.returncode == 0, done.stderr
    own = {name for name in done.stdout.split() if name.split(".")[0] in contents.PACKAGES}
    listed = contents.own_modules()
    assert own - set(listed) == set()
    assert len(own) > 250  # the walk above really went through the registries
    for looked_up in ("scanners.aws.live.s3", "scanners.azure.live.storage", "scanners.exports.awsconfig"):
        assert looked_up in own
    assert listed == sorted(set(listed))


def test_nothing_that_the_program_imports_is_left_out():
    """Wherever it is imported, also where only some people's way through the program comes by."""
    asked: dict[str, str] = {}
    for package in contents.PACKAGES:
        for path in (ROOT / package).rglob("*.py"):
            for node in ast.walk(ast.parse(path.read_text("utf-8"))):
                if isinstance(node, ast.Import):
                    asked |= {alias.name: str(path) for alias in node.names}
                elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
                    asked |= {node.module: str(path)}
                    asked |= {f"{node.module}.{alias.name}": str(path) for alias in node.names}
    assert "PySide6.QtWidgets" in asked
    left_out = {name: path for name, path in asked.items() if name in contents.EXCLUDED}
    assert left_out == {}
    qt = {name.split(".")[1] for name in asked if name.startswith("PySide6.Qt")}
    libraries = [f"PySide6/Qt/lib/libQt6{name.removeprefix('Qt')}.so.6" for name in qt]
    assert list(contents.without_unused_qt(libraries)) == libraries


def test_every_listed_module_exists():
    for name in contents.own_modules():
        path = ROOT.joinpath(*name.split("."))
        assert path.with_suffix(".py").is_file() or (path / "__init__.py").is_file(), name


def test_all_resources_are_taken_along_and_keep_their_place():
    taken = {(Path(source).relative_to(ROOT).as_posix(), folder) for source, folder in contents.data_files()}
    known = subprocess.run(
        ["git", "ls-files", "app", "scanners", "rules", "resources"], capture_output=True, text=True, cwd=ROOT
    )
    names = known.stdout.splitlines() if known.returncode == 0 and known.stdout else []
    names = names or [p.relative_to(ROOT).as_posix() for p in (ROOT / "resources").rglob("*") if p.is_file()]
    wanted = {(name, Path(name).parent.as_posix()) for name in names if not name.endswith(".py")}
    assert len(wanted) > 100
    assert wanted - taken == set()
    assert not [source for source, _ in taken if source.endswith((".py", ".pyc"))]


def test_the_sdk_makes_every_declared_client_from_what_is_left_of_its_data(tmp_path):
    """The models that are left out are those that nothing may ask for."""
    data = Path(botocore.__file__).parent / "data"
    names = [f"botocore/data/{path.relative_to(data).as_posix()}" for path in data.rglob("*") if path.is_file()]
    kept = set(contents.botocore_data(names, contents.aws_services()))
    assert len(kept) < len(names) / 3
    for name in kept:
        target = tmp_path / Path(name).relative_to("botocore/data")
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(data / Path(name).relative_to("botocore/data"), target)
    session = botocore.session.Session()
    session.register_component("data_loader", Loader([str(tmp_path)], include_default_search_paths=False))
    declared: dict[str, set[str]] = {}
    for operation in operations():
        service, called = operation.key.split(".", 1)
        declared.setdefault(service, set()).add(called)
    for service in {*declared, *contents.LOGIN_SERVICES}:
        client = session.create_client(
            service,
            region_name="eu-central-1",
            aws_access_key_id="AKIDEXAMPLE",
            aws_secret_access_key="none",  # noqa: S106 - nobody logs in
        )
        known = set(client.meta.service_model.operation_names)
        assert declared.get(service, set()) <= known, service
    assert session.get_available_regions("ec2"), "the list of regions is there"
    assert session.get_available_partitions()


def test_other_data_files_stay():
    names = [
        "certifi/cacert.pem",
        "resources/catalogue/gpus.csv",
        "botocore/data/partitions.json",
        "botocore/cacert.pem",
    ]
    assert list(contents.botocore_data(names, set())) == names
    assert list(contents.botocore_data(["botocore\\data\\zzz\\2020-01-01\\service-2.json.gz"], {"s3"})) == []


def test_what_qt_needs_stays_and_the_rest_goes():
    needed = [
        "PySide6/QtWidgets.abi3.so",
        "PySide6/Qt/lib/libQt6Core.so.6",
        "PySide6/Qt/plugins/platforms/libqxcb.so",
        "PySide6/Qt/plugins/platforms/libqoffscreen.so",
        "PySide6/plugins/platforms/qwindows.dll",
        "PySide6/plugins/styles/qmodernwindowsstyle.dll",
        "PySide6/plugins/imageformats/qsvg.dll",
        "PySide6/translations/qtbase_de.qm",
        "PySide6/Qt/plugins/platforms/libqcocoa.dylib",
        "PySide6/Qt6Network.dll",
        "libcrypto-3.dll",
    ]
    unneeded = [
        "PySide6/opengl32sw.dll",
        "PySide6/Qt/lib/libQt6Qml.so.6",
        "PySide6/Qt/lib/libQt6EglFsKmsSupport.so.6",
        "PySide6/plugins/imageformats/qwebp.dll",
        "PySide6/plugins/platforms/qdirect2d.dll",
        "PySide6/Qt/plugins/platforms/libqeglfs.so",
        "PySide6/translations/qtbase_fr.qm",
        "PySide6/translations/qt_help_de.qm",
        "PySide6/qml/QtQuick/plugin.dll",
        "PySide6/Qt/plugins/sqldrivers/libqsqlite.so",
    ]
    assert list(contents.without_unused_qt([*needed, *unneeded])) == needed
    turned = [name.replace("/", "\\") for name in (*needed, *unneeded)]
    assert list(contents.without_unused_qt(turned)) == [name.replace("/", "\\") for name in needed]


def test_pictures_of_a_clusters_own_pages_go():
    names = ["distributed\\http\\static\\css\\base.css", "distributed/http/static/images/python.png"]
    stay = ["distributed/distributed.yaml", "distributed/http/templates/base.html", "resources/static/x.png"]
    assert list(contents.without_cluster_pages([*names, *stay])) == stay


def test_parts_in_c_that_are_left_out_have_a_python_part_in_their_place():
    program = """
import sys
for name in sys.argv[1:]:
    sys.modules[name] = None
import multidict, yarl, frozenlist, propcache.api, aiohttp
print(multidict.CIMultiDict(A="1")["a"], yarl.URL("https://x.example/a b").raw_path, list(frozenlist.FrozenList([1])))
"""
    names = [
        n for n in contents.EXCLUDED if n.split(".")[0] in ("aiohttp", "frozenlist", "multidict", "propcache", "yarl")
    ]
    assert len(names) == 8
    done = subprocess.run([sys.executable, "-c", program, *names], capture_output=True, text=True, check=False)
    assert done.stdout.strip() == "1 /a%20b [1]", done.stderr


def test_the_library_that_draws_pdfs_is_taken_along():
    """It finds its library in C beside itself: PyInstaller's hook for it must be among the pinned tools."""
    assert "pyinstaller-hooks-contrib==" in (ROOT / "packaging" / "tools.lock").read_text("utf-8")
    found = [path.name for path in Path(pypdfium2_raw.__file__).parent.glob("*pdfium*")]
    assert list(contents.without_unused_qt(found)) == found
    assert any("pdfium" in name for name in found)


def test_libraries_that_nothing_asks_for_any_more_are_left_out():
    asks = {"app.so": ["liba.so.1"], "/liba": ["libb.so.2", "libc.so.6"], "/libb": [], "/gtk": ["/libb"]}
    libraries = [("liba.so.1", "/liba"), ("libb.so.2", "/libb"), ("libgtk.so.3", "/gtk"), ("libpython3.so", "/libb")]
    entries = [(name, path, "BINARY") for name, path in [("PySide6/app.so", "app.so"), *libraries]]
    entries.append(("_cffi_backend.cpython-312-x86_64-linux-gnu.so", "/libb", "EXTENSION"))
    kept = contents.system_libraries_needed(entries, lambda path: asks[path])
    assert kept == {name for name, _, _ in entries} - {"libgtk.so.3"}
