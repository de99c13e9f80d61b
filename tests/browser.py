"""The browser that the tests of the preview page use: where it is, and how it is fetched.

`python tests/browser.py FOLDER` fetches Playwright's own headless Chromium. Where the place that it
is kept at cannot be reached, it takes the Chromium that npm's registry has, a build for Linux on
x86-64, and puts it into FOLDER. `AGENTGEN_CHROMIUM` names one that is there already.
"""

import hashlib
import os
import shutil
import subprocess
import sys
import tarfile
import tempfile
from pathlib import Path

FOLDER = Path(sys.prefix) / "browser"
PACKAGE = "@sparticuz/chromium@147.0.0"
# What `npm view … dist.integrity` states for it, in hexadecimal.
SHA512 = (
    "e1929e01041af2ea769adebbe6a4a2b73b4b75b42b95ff0129d0b99da79aa7ee"
    "4cbf5395d4e94974fa14f84242fe9e6c414254426378afeab9f8485a68e507a5"
)
UNPACK = """
const fs = require("fs"), zlib = require("zlib"), { pipeline } = require("stream/promises");
const [, packed, unpacked] = process.argv;
pipeline(fs.createReadStream(packed), zlib.createBrotliDecompress(),
         fs.createWriteStream(unpacked, { mode: 0o755 }));
"""


def find_browser() -> Path | None:
    """Return the browser to use, if there is one."""
    from playwright.sync_api import sync_playwright

    named = os.environ.get("AGENTGEN_CHROMIUM")
    with sync_playwright() as playwright:
        own = Path(playwright.chromium.executable_path)
    shells = sorted(own.parents[2].glob("chromium_headless_shell-*/*/*headless*shell*"))
    candidates = [Path(named)] if named else [FOLDER / "chromium", own, *shells]
    return next((path for path in candidates if path.is_file()), None)


def fetch(folder: Path) -> None:
    """Fetch a browser; raise `SystemExit` with what can be done where none can be had."""
    if find_browser() is not None:
        return
    own = [sys.executable, "-m", "playwright", "install", "--only-shell", "chromium"]
    if subprocess.run(own, capture_output=True, check=False).returncode == 0:
        return
    try:
        fetch_from_npm(folder)
    except (OSError, ValueError, subprocess.SubprocessError) as error:
        raise SystemExit(
            f"no browser for the tests of the preview page: {error}\n"
            "install Chromium, and name it: AGENTGEN_CHROMIUM=/usr/bin/chromium make test"
        ) from None


def fetch_from_npm(folder: Path) -> None:
    from playwright._impl._driver import compute_driver_executable

    with tempfile.TemporaryDirectory() as place:
        pack = ["npm", "pack", "--silent", PACKAGE]
        subprocess.run(pack, cwd=place, check=True, stdout=subprocess.DEVNULL)
        (archive,) = Path(place).glob("*.tgz")
        if hashlib.sha512(archive.read_bytes()).hexdigest() != SHA512:
            raise ValueError(f"{PACKAGE} is not what it was")
        packed = Path(place) / "chromium.br"
        with tarfile.open(archive) as members, packed.open("wb") as target:
            member = members.extractfile("package/bin/chromium.br")
            assert member is not None
            shutil.copyfileobj(member, target)
        folder.mkdir(parents=True, exist_ok=True)
        unpacked = folder / "chromium.new"
        node = compute_driver_executable()[0]  # Playwright brings one along
        subprocess.run([node, "-e", UNPACK, packed, unpacked], check=True)
        unpacked.replace(folder / "chromium")


if __name__ == "__main__":
    fetch(Path(sys.argv[1]) if len(sys.argv) > 1 else FOLDER)
