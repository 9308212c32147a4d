#!/usr/bin/python3
"""Runs a program under the system-call filter, address families and empty network that a systemd unit states, as far as
that goes without systemd: what the filter does not allow fails with EPERM, as it does there.
usage: confined.py UNIT PROGRAM [ARGUMENT...]    as root: the network needs a namespace of its own
CONFINED_CALLS: the system calls, where somebody has asked systemd-analyze already.
"""
import configparser
import ctypes
import errno
import os
import socket
import subprocess
import sys

import seccomp

CLONE_NEWNET, PR_SET_NO_NEW_PRIVS = 0x40000000, 38


class Repeated(dict):
    """A unit may state a setting several times: its values are joined."""
    def __setitem__(self, key, value):
        if key in self and isinstance(value, list):
            value = self[key] + value
        super().__setitem__(key, value)


def service_of(unit):
    parser = configparser.ConfigParser(strict=False, interpolation=None, dict_type=Repeated, comment_prefixes="#", delimiters="=")
    parser.optionxform = str
    parser.read(unit)
    return {name: value.split("\n") for name, value in parser["Service"].items()}


def calls_of(names):
    """System calls; a name that begins with @ is a set of systemd's."""
    calls = set()
    for name in names:
        if not name.startswith("@"):
            calls.add(name)
            continue
        lines = subprocess.run(["systemd-analyze", "syscall-filter", name], check=True, capture_output=True, text=True).stdout.splitlines()
        calls |= calls_of(line.strip() for line in lines[1:] if line.strip() and not line.strip().startswith("#"))
    return calls


def allowed_by(lines):
    allowed = calls_of(["@default"])
    for line in lines:
        if line.startswith("~"):
            allowed -= calls_of(line[1:].split())
        else:
            allowed |= calls_of(line.split())
    return allowed


def allowed(service):
    known = os.environ.get("CONFINED_CALLS")
    return set(known.split()) if known else allowed_by(service["SystemCallFilter"])


def confine(service):
    libc = ctypes.CDLL(None, use_errno=True)
    if service.get("PrivateNetwork") == ["yes"] and libc.unshare(CLONE_NEWNET) != 0:
        raise OSError(ctypes.get_errno(), "unshare")
    if libc.prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0:
        raise OSError(ctypes.get_errno(), "prctl")
    rules = seccomp.SyscallFilter(seccomp.ERRNO(errno.EPERM))
    for call in allowed(service) - {"socket"}:
        try:
            rules.add_rule(seccomp.ALLOW, call)
        except (RuntimeError, OSError, ValueError):
            pass  # no such call on this machine
    for family in service["RestrictAddressFamilies"][0].split():
        rules.add_rule(seccomp.ALLOW, "socket", seccomp.Arg(0, seccomp.EQ, getattr(socket, family)))
    rules.load()


if __name__ == "__main__":
    confine(service_of(sys.argv[1]))
    os.execv(sys.argv[2], sys.argv[2:])
