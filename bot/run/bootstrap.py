"""Makes the virtual environment. Runs on whatever Python 3 is there, with the standard library only.

    python3 bot/run/bootstrap.py [--dev]

Fetches uv (pinned, with hashes) if it is not there, has it find or fetch Python 3.10, and installs the lock file.
Does nothing when the environment already matches it.
"""

from __future__ import print_function

import hashlib
import os
import shutil
import subprocess
import sys

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
ENVIRONMENT = os.path.join(ROOT, ".venv")
STAMP = os.path.join(ENVIRONMENT, "locked")


def main():
    """Set the environment up; give the exit status."""
    lock = "requirements-dev.lock" if "--dev" in sys.argv[1:] else "requirements.lock"
    if read(STAMP) in (digest(lock), digest("requirements-dev.lock")):
        return 0
    uv = find_uv()
    if uv is None:
        return 1
    if not os.path.exists(os.path.join(ENVIRONMENT, "bin", "python")):
        print("Making a Python 3.10 environment ...")
        made = subprocess.call([uv, "venv", "--quiet", "--python", "3.10", ENVIRONMENT], cwd=ROOT)
        if made != 0:
            print("Python 3.10 could not be found or fetched; install it, or check the network, and try again.")
            return 1
    print("Installing the locked packages (about 3 GB with TensorFlow; a few minutes the first time) ...")
    python = os.path.join(ENVIRONMENT, "bin", "python")
    # Compiled now, on all cores: where Python may not keep what it compiles, each start would take 15 s more.
    sync = [uv, "pip", "sync", "--quiet", "--compile-bytecode", "--require-hashes", "--python", python, lock]
    synced = subprocess.call(sync, cwd=ROOT)
    if synced != 0:
        print("The packages could not be installed; check the network and the free disk space, and try again.")
        return 1
    with open(STAMP, "w") as stamp:
        stamp.write(digest(lock))
    return 0


def find_uv():
    """Give uv's path: the one that is installed, or a private one made now; None (and a sentence) if that failed."""
    found = shutil.which("uv")
    if found:
        return found
    private = os.path.join(ROOT, ".tools", "uv")
    uv = os.path.join(private, "bin", "uv")
    if os.path.exists(uv):
        return uv
    print("Fetching uv, which installs the rest ...")
    if subprocess.call([sys.executable, "-m", "venv", private]) != 0:
        print(
            "Python cannot make virtual environments here; install its venv module (Debian: python3-venv) and try again."
        )
        return None
    pip = [os.path.join(private, "bin", "python"), "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    if subprocess.call(pip + ["--require-hashes", "-r", os.path.join(ROOT, "requirements-uv.lock")]) != 0:
        print("uv could not be fetched; check the network and try again.")
        return None
    return uv


def digest(lock):
    """Give the SHA-256 of a lock file."""
    with open(os.path.join(ROOT, lock), "rb") as file:
        return hashlib.sha256(file.read()).hexdigest()


def read(path):
    """Give a file's text, or nothing."""
    try:
        with open(path) as file:
            return file.read().strip()
    except (IOError, OSError):
        return ""


if __name__ == "__main__":
    sys.exit(main())
