"""What the kernel keeps a reader from, whatever a file makes it do: other files, the network, other programs.

Landlock (Linux 5.13, decided by path) leaves it the libraries to read, its one input, and its own folder to write.
A seccomp filter ends every attempt to open a socket, start a program or look into another process with an error.
Both hold for the process and all that it starts, and cannot be taken down again. Where the kernel has neither, the
limits of time, memory and size still hold, and the drivers that could read elsewhere are left out (formats.gdal).

The numbers are those of the Linux system call tables (x86-64 and the generic table of arm64) and of
``linux/landlock.h``, ``linux/seccomp.h`` and ``linux/bpf_common.h``.
"""

from __future__ import annotations

import ctypes
import errno
import os
import platform
import struct
import sys
from collections.abc import Iterable
from pathlib import Path
from types import MappingProxyType
from typing import Final

_PR_SET_NO_NEW_PRIVS: Final = 38
_PR_SET_SECCOMP: Final = 22
_SECCOMP_MODE_FILTER: Final = 2

_LANDLOCK_CREATE_RULESET: Final = 444
_LANDLOCK_ADD_RULE: Final = 445
_LANDLOCK_RESTRICT_SELF: Final = 446
_LANDLOCK_VERSION: Final = 1  # flag: ask for the version
_RULE_PATH_BENEATH: Final = 1

# rights to files, in the order of their bits: execute, write, read, read directory, and nine to remove and make;
# version 2 has one to move between folders more, version 3 one to truncate, version 5 one for commands to devices
_EXECUTE, _WRITE, _READ, _LIST = (1 << bit for bit in range(4))
_ALL_OF_VERSION: Final = MappingProxyType({1: (1 << 13) - 1, 2: (1 << 14) - 1, 3: (1 << 15) - 1, 5: (1 << 16) - 1})
_TRUNCATE: Final = 1 << 14
_ONLY_FILES: Final = _EXECUTE | _WRITE | _READ | _TRUNCATE

# system calls that a reader has no business with, by machine
_FORBIDDEN: Final = MappingProxyType({
    "x86_64": {
        "socket": 41, "connect": 42, "accept": 43, "bind": 49, "listen": 50, "socketpair": 53, "execve": 59,
        "ptrace": 101, "mount": 165, "umount2": 166, "swapon": 167, "reboot": 169, "init_module": 175, "unshare": 272,
        "accept4": 288, "setns": 308, "process_vm_readv": 310, "process_vm_writev": 311, "finit_module": 313,
        "bpf": 321, "execveat": 322, "userfaultfd": 323, "keyctl": 250, "add_key": 248, "io_uring_setup": 425,
        "pidfd_open": 434, "pidfd_getfd": 438, "perf_event_open": 298,
    },
    "aarch64": {
        "socket": 198, "connect": 203, "accept": 202, "bind": 200, "listen": 201, "socketpair": 199, "execve": 221,
        "ptrace": 117, "mount": 40, "umount2": 39, "swapon": 224, "reboot": 142, "init_module": 105, "unshare": 97,
        "accept4": 242, "setns": 268, "process_vm_readv": 270, "process_vm_writev": 271, "finit_module": 273,
        "bpf": 280, "execveat": 281, "userfaultfd": 282, "keyctl": 219, "add_key": 217, "io_uring_setup": 425,
        "pidfd_open": 434, "pidfd_getfd": 438, "perf_event_open": 241,
    },
})  # fmt: skip
_AUDIT_ARCH: Final = MappingProxyType({"x86_64": 0xC000003E, "aarch64": 0xC00000B7})
_X32_BIT: Final = 0x40000000

_LOAD: Final = 0x20  # BPF_LD | BPF_W | BPF_ABS
_IF_EQUAL: Final = 0x15  # BPF_JMP | BPF_JEQ | BPF_K
_IF_AT_LEAST: Final = 0x35  # BPF_JMP | BPF_JGE | BPF_K
_RETURN: Final = 0x06  # BPF_RET | BPF_K
_ALLOW: Final = 0x7FFF0000
_KILL: Final = 0x80000000
_WITH_ERROR: Final = 0x00050000

_root: Final = Path(__file__).resolve().parent.parent


def put_up(*, readable: Iterable[Path], writable: Path) -> tuple[str, ...]:
    """Put up what walls this kernel has around this process, for good; their names.

    ``readable`` are the input's files or folders, ``writable`` is the one folder that may be written.
    """
    if not sys.platform.startswith("linux"):
        return ()
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.prctl(_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0):
        return ()
    up: list[str] = []
    if _landlock(libc, readable=[*_libraries(), *readable], writable=writable):
        up.append("landlock")
    if _seccomp(libc):
        up.append("seccomp")
    return tuple(up)


def _libraries() -> list[Path]:
    """What Python and its libraries read: the interpreter, the packages, the part of the product that reads files."""
    named: list[str | Path] = [
        sys.prefix, sys.base_prefix, sys.exec_prefix, "/usr/lib", "/usr/lib64", "/lib", "/lib64", "/usr/share/zoneinfo",
        "/etc/ld.so.cache", "/etc/localtime", "/dev/null", "/dev/urandom", "/dev/zero", "/proc/self", "/proc/cpuinfo",
        "/proc/meminfo", "/sys/devices/system/cpu",
        *(_root / part for part in ("exchange", "geo", "layers")),
    ]  # fmt: skip
    # an editable install keeps its packages outside the environment
    named += [entry for entry in sys.path if "site-packages" in entry or "dist-packages" in entry]
    return [path for path in map(Path, named) if path.exists()]


def _landlock(libc: ctypes.CDLL, *, readable: list[Path], writable: Path) -> bool:
    version = libc.syscall(_LANDLOCK_CREATE_RULESET, None, 0, _LANDLOCK_VERSION)
    if version < 1:
        return False
    handled = _ALL_OF_VERSION[max(known for known in _ALL_OF_VERSION if known <= version)]
    asked = struct.pack("=Q", handled)
    rules = libc.syscall(_LANDLOCK_CREATE_RULESET, asked, len(asked), 0)
    if rules < 0:
        return False
    try:
        for path in readable:
            _allow(libc, rules, path, _READ | _LIST | _EXECUTE, handled)
        _allow(libc, rules, writable, handled & ~_EXECUTE, handled)
        _allow(libc, rules, Path(os.devnull), _READ | _WRITE, handled)
        return bool(libc.syscall(_LANDLOCK_RESTRICT_SELF, rules, 0) == 0)
    finally:
        os.close(rules)


def _allow(libc: ctypes.CDLL, rules: int, path: Path, rights: int, handled: int) -> None:
    rights &= handled
    if not path.is_dir():
        rights &= _ONLY_FILES
    where = os.open(path, os.O_PATH | os.O_CLOEXEC)
    try:
        rule = struct.pack("=Qi", rights, where)
        if libc.syscall(_LANDLOCK_ADD_RULE, rules, _RULE_PATH_BENEATH, rule, 0):
            raise OSError(ctypes.get_errno(), "landlock_add_rule", str(path))
    finally:
        os.close(where)


def _seccomp(libc: ctypes.CDLL) -> bool:
    machine = platform.machine()
    if machine not in _FORBIDDEN:
        return False
    program = _program(machine)
    held = ctypes.create_string_buffer(program)
    # struct sock_fprog: number of instructions, padding, their address
    filter_ = struct.pack("HxxxxxxP", len(program) // 8, ctypes.addressof(held))
    return bool(libc.prctl(_PR_SET_SECCOMP, _SECCOMP_MODE_FILTER, filter_, 0, 0) == 0)


def _program(machine: str) -> bytes:
    """The filter as instructions of the classic packet filter: 16-bit code, two jumps, 32-bit operand each."""

    def step(code: int, jump_if: int, jump_else: int, operand: int) -> bytes:
        return struct.pack("=HBBI", code, jump_if, jump_else, operand)

    refused = _WITH_ERROR | errno.EPERM
    steps = [
        step(_LOAD, 0, 0, 4),  # which table of system calls
        step(_IF_EQUAL, 1, 0, _AUDIT_ARCH[machine]),
        step(_RETURN, 0, 0, _KILL),
        step(_LOAD, 0, 0, 0),  # number of the call
    ]
    if machine == "x86_64":
        steps += [step(_IF_AT_LEAST, 0, 1, _X32_BIT), step(_RETURN, 0, 0, _KILL)]
    for number in sorted(_FORBIDDEN[machine].values()):
        steps += [step(_IF_EQUAL, 0, 1, number), step(_RETURN, 0, 0, refused)]
    steps.append(step(_RETURN, 0, 0, _ALLOW))
    return b"".join(steps)
