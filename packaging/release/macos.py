"""For macOS: the bundle Situs.app, signed, notarised, and put on a disk image.

The identity comes from the environment: SITUS_SIGN_IDENTITY (name of a certificate "Developer ID Application" in the
keychain), SITUS_NOTARY_PROFILE (name of a login kept by `xcrun notarytool store-credentials`). Without the first the
bundle gets the signature of nobody ("ad hoc") and runs on this computer only; without the second it is not notarised.
"""

import os
import plistlib
import shutil
from pathlib import Path
from typing import Any

from release import version
from release.steps import ReleaseError, run, step, tool

ROOT = Path(__file__).resolve().parents[2]
HERE = ROOT / "packaging" / "macos"
IDENTIFIER = "io.situs.Situs"


def information() -> dict[str, Any]:
    """The property list of the bundle."""
    short = version.installer(version.current())
    return {
        "CFBundleIdentifier": IDENTIFIER,
        "CFBundleName": "Situs",
        "CFBundleDisplayName": "Situs",
        "CFBundleExecutable": "situs-window",
        "CFBundleIconFile": "situs.icns",
        "CFBundlePackageType": "APPL",
        "CFBundleInfoDictionaryVersion": "6.0",
        "CFBundleShortVersionString": short,
        "CFBundleVersion": ".".join(str(n) for n in version.numbers(version.current())[:3]),
        "CFBundleLocalizations": ["en", "de"],
        "CFBundleDevelopmentRegion": "en",
        "LSApplicationCategoryType": "public.app-category.business",
        "LSMinimumSystemVersion": "13.0",
        "NSHighResolutionCapable": True,
        "NSHumanReadableCopyright": f"{version.PUBLISHER}. Apache License 2.0.",
        "NSSupportsAutomaticGraphicsSwitching": True,
    }


def bundle(folder: Path, out: Path) -> Path:
    """`Situs.app` around the folder that PyInstaller made: programs and libraries under Contents/MacOS and
    Contents/Frameworks, where signing looks for code; data under Contents/Resources. PyInstaller's own BUNDLE step has
    laid it out; the property list is written here. Raises ReleaseError."""
    made = out / "Situs.app"
    if not (made / "Contents" / "MacOS" / "situs-window").is_file():
        raise ReleaseError(f"PyInstaller made no {made}; it does on macOS only")
    with (made / "Contents" / "Info.plist").open("wb") as stream:
        plistlib.dump(information(), stream)
    resources = made / "Contents" / "Resources"
    for name in ("LICENSE.txt", "LICENCES.txt", "sbom.cdx.json"):
        shutil.copy2(folder / name, resources / name)
    shutil.copytree(folder / "licences", resources / "licences", dirs_exist_ok=True)
    return made


def signed(app: Path) -> bool:
    """Sign the bundle with hardened runtime; whether it was with a real identity. Raises ReleaseError."""
    identity = os.environ.get("SITUS_SIGN_IDENTITY")
    if not identity and os.environ.get("SITUS_SIGN_REQUIRED") == "1":
        raise ReleaseError("signing is required, but SITUS_SIGN_IDENTITY names no certificate of the keychain")
    step("sign the bundle" if identity else "sign the bundle as nobody (SITUS_SIGN_IDENTITY is not set)")
    codesign = tool("codesign", "Install the command-line tools of Xcode.")
    words = [codesign, "--force", "--deep", "--options", "runtime", "--entitlements", HERE / "entitlements.plist"]
    words += ["--timestamp", "--sign", identity] if identity else ["--sign", "-"]
    run([*words, app])
    run([codesign, "--verify", "--deep", "--strict", app])
    return bool(identity)


def image(app: Path, out: Path) -> Path:
    """The disk image, with a link to Applications beside the bundle. Raises ReleaseError."""
    step("disk image")
    stage = out / "work" / "dmg"
    shutil.rmtree(stage, ignore_errors=True)
    stage.mkdir(parents=True)
    shutil.copytree(app, stage / app.name, symlinks=True)
    (stage / "Applications").symlink_to("/Applications")
    made = out / f"Situs-{version.current()}-macos-{os.uname().machine}.dmg"
    made.unlink(missing_ok=True)
    hdiutil = tool("hdiutil", "It is part of macOS.")
    run([hdiutil, "create", "-volname", "Situs", "-srcfolder", stage, "-format", "ULMO", made])
    return made


def notarised(dmg: Path) -> bool:
    """Have Apple check the disk image, and fasten its answer to it; whether that was done. Raises ReleaseError."""
    profile = os.environ.get("SITUS_NOTARY_PROFILE")
    if not profile:
        step("not notarised: SITUS_NOTARY_PROFILE names no login of notarytool")
        return False
    step("notarise")
    xcrun = tool("xcrun", "Install the command-line tools of Xcode.")
    run([xcrun, "notarytool", "submit", dmg, "--keychain-profile", profile, "--wait"])
    run([xcrun, "stapler", "staple", dmg])
    return True
