#!/usr/bin/env python3
"""Has every archive of a list (tampered_exports.py) judged by verify_export.py and by `cbmx verify`: both must find what the
list says, and say the same in the same words. In one process, with each signature computed once: in Python that takes long.
usage: judged_exports.py BINARY KEY LIST
"""
import contextlib
import functools
import io
import os
import subprocess
import sys

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "..", "..", "client-examples"))
import verify_export
import verify_receipt

verify_receipt.ed25519_verify = functools.lru_cache(maxsize=None)(verify_receipt.ed25519_verify)
binary, key, path = sys.argv[1:]


def by_python(arguments):
    said = io.StringIO()
    sys.argv = ["verify_export.py", *arguments]
    with contextlib.redirect_stdout(said):
        code = verify_export.main()
    return code, said.getvalue()


def by_portal(arguments):
    run = subprocess.run([binary, "verify", *arguments], capture_output=True, text=True, env={"PATH": os.environ["PATH"]})
    return run.returncode, run.stdout + run.stderr


def fault_of(how, words, python, portal):
    """What is wrong with the two judgements; empty: nothing."""
    expected = 0 if how == "genuine" else 1
    if python[0] != expected or portal[0] != expected:
        return f"they ended with {python[0]} and {portal[0]}"
    if words not in portal[1] or "genuine" not in python[1]:
        return f"they do not say \"{words}\""
    return "" if how == "unlike an archive" or python[1] == portal[1] else "they do not say the same"


failures = 0
with open(path) as lines:
    for line in lines:
        file, how, words = line.rstrip("\n").split("\t")
        arguments = [file] if how == "resealed" else ["--key", key, file]
        python, portal = by_python(arguments), by_portal(arguments)
        fault = fault_of(how, words, python, portal)
        print(f"{'FAILED ' if fault else 'ok     '} {os.path.basename(file)[:-4]} ({how})")
        if fault:
            failures += 1
            print(f"        {fault}\n        verify_export.py:\n{python[1][:2000]}        cbmx verify:\n{portal[1][:2000]}")
sys.exit(1 if failures else 0)
