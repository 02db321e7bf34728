"""The bill of materials in CycloneDX: what is shipped, in which version, under which licence."""

import json
import sys
from collections.abc import Iterable
from importlib.metadata import Distribution, PackageNotFoundError, distribution
from pathlib import Path
from typing import Any

from release import version
from release.licences import statement
from release.lockfile import normal
from release.steps import ReleaseError, run

ROOT = Path(__file__).resolve().parents[2]


def whole_environment() -> dict[str, Any]:
    """What `cyclonedx-py` finds in this environment, tools of the build included. Raises ReleaseError."""
    try:
        distribution("cyclonedx-bom")
    except PackageNotFoundError:
        raise ReleaseError(
            "cyclonedx-bom is not installed: pip install --require-hashes -r packaging/tools.lock"
        ) from None
    words = [sys.executable, "-m", "cyclonedx_py", "environment", "--output-format", "JSON", "--spec-version", "1.6"]
    said = run([*words, "--output-reproducible", "-o", "-", sys.executable], quiet=True)
    return json.loads(said)


def of_shipped(found: dict[str, Any], shipped: Iterable[Distribution], lock: str) -> dict[str, Any]:
    """The bill cut down to what is shipped, with Python, Qt's own name, and the program as its subject.

    References to places on the building machine and to indexes are left out; hashes come from the lock. Raises
    ReleaseError where a shipped distribution is missing in the bill.
    """
    wanted = {normal(one): one for one in shipped}
    kept: list[dict[str, Any]] = []
    for part in found.get("components", []):
        name = str(part.get("name", "")).lower().replace("_", "-").replace(".", "-")
        one = wanted.pop(name, None)
        if one is None:
            continue
        for key in ("externalReferences", "properties"):
            part.pop(key, None)
        if not part.get("licenses") and statement(one):
            part["licenses"] = [{"license": {"name": statement(one)}}]
        part["hashes"] = [{"alg": "SHA-256", "content": h} for h in _hashes(lock, name)]
        kept.append(part)
    if wanted:
        raise ReleaseError("the bill of materials lacks " + ", ".join(sorted(wanted)))
    python_version = ".".join(str(part) for part in sys.version_info[:3])
    kept.append(
        {
            "bom-ref": f"python-{python_version}",
            "type": "platform",
            "name": "CPython",
            "version": python_version,
            "cpe": f"cpe:2.3:a:python:python:{python_version}:*:*:*:*:*:*:*",
            "licenses": [{"license": {"id": "PSF-2.0"}}],
        }
    )
    refs = {part["bom-ref"] for part in kept}
    edges = [
        {**edge, "dependsOn": [d for d in edge.get("dependsOn", []) if d in refs]}
        for edge in found.get("dependencies", [])
        if edge.get("ref") in refs
    ]
    depended = {ref for edge in edges for ref in edge["dependsOn"]}
    subject = f"situs-{version.current()}"
    edges.append({"ref": subject, "dependsOn": sorted(refs - depended)})
    metadata = {
        **{key: value for key, value in found.get("metadata", {}).items() if key == "tools"},
        "component": {
            "bom-ref": subject,
            "type": "application",
            "name": "Situs",
            "version": version.current(),
            "publisher": version.PUBLISHER,
            "licenses": [{"license": {"id": "Apache-2.0"}}],
        },
    }
    for tool in metadata.get("tools", {}).get("components", []):
        tool.pop("externalReferences", None)
    general = {key: found[key] for key in ("$schema", "bomFormat", "specVersion", "version") if key in found}
    kept.sort(key=lambda part: str(part["name"]).lower())
    return {**general, "metadata": metadata, "components": kept, "dependencies": edges}


def _hashes(lock: str, name: str) -> list[str]:
    """All hashes that the lock allows for this distribution: one file for each system and version of Python."""
    found: list[str] = []
    taking = False
    for line in lock.splitlines():
        if line[:1].strip():
            taking = line.split("==")[0].strip().lower() == name
        elif taking and "--hash=sha256:" in line:
            found.append(line.split("--hash=sha256:")[1].split()[0])
    return found
