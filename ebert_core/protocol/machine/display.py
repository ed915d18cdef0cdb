"""Which of Qt's platforms can show a window on this machine, and what the others lack.

Qt ends the process where a platform's libraries are missing or its display does not answer. So this is found out
before Qt is loaded, from the plugins' own linkage. Only Linux leaves these libraries to the system.
"""

import ctypes
import importlib.util
import os
import re
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from ebert_core.protocol.terms.wording import listed

# Platforms that draw without a display.
_WITHOUT_DISPLAY = frozenset(["offscreen", "minimal", "vnc"])
_MISSING = re.compile(r"^\s*(\S+\.so\S*) => not found", re.MULTILINE)
_SONAME = re.compile(r"lib(.+?)\.so\.?(\d*)")
# Debian packages whose names do not follow from the library's.
_PACKAGES = {"libgthread-2.0.so.0": "libglib2.0-0", "libglib-2.0.so.0": "libglib2.0-0"}


class Platforms(NamedTuple):
    """What Qt may use, best first, and what keeps it from the rest.

    `names` is empty where no window can be shown; `problem` then says why and what to do. It also holds a sentence
    where a platform was passed over for one that works.
    """

    names: tuple[str, ...]
    problem: str


def usable_platforms(environment: Mapping[str, str] = os.environ) -> Platforms:
    """The platforms among those that Qt would try here that have their libraries and a display that answers."""
    if not sys.platform.startswith("linux"):
        return Platforms(("",), "")
    wanted = _wanted(environment)
    if not wanted:
        return Platforms((), "There is no display: neither DISPLAY nor WAYLAND_DISPLAY is set.")
    problems = {name: _problem_of(name, environment) for name in wanted}
    usable = tuple(name for name, problem in problems.items() if not problem)
    said = " ".join(problem for problem in problems.values() if problem)
    if usable and said:
        said = f"{said} The window uses {usable[0].partition(':')[0]} instead."
    return Platforms(usable, said)


def _wanted(environment: Mapping[str, str]) -> list[str]:
    """The platforms that Qt would try, in its order; arguments stay behind a colon."""
    if chosen := environment.get("QT_QPA_PLATFORM", ""):
        return [name for name in chosen.split(";") if name]
    found = []
    if environment.get("WAYLAND_DISPLAY"):
        found.append("wayland")
    if environment.get("DISPLAY"):
        found.append("xcb")
    return found if environment.get("XDG_SESSION_TYPE") == "wayland" else found[::-1]


def _problem_of(platform: str, environment: Mapping[str, str]) -> str:
    """Why Qt could not use a platform, in one sentence; empty where it can."""
    name = platform.partition(":")[0]
    folders = _plugin_folders(environment)
    plugin = _plugin(name, folders)
    if plugin is None and not folders:
        return ""  # Qt keeps its plugins elsewhere, as distributions' packages do; it finds out by itself.
    if plugin is None:
        return f"Qt has no platform {name} here; choose another in QT_QPA_PLATFORM, such as xcb or wayland."
    if missing := missing_libraries(plugin):
        them = "it" if len(missing) == 1 else "them"
        packages = " ".join(dict.fromkeys(map(debian_package, missing)))
        return (
            f"Qt's platform {name} lacks {listed(missing, len(missing))}; install {them}, on Debian or Ubuntu: "
            f"sudo apt-get install {packages}."
        )
    return "" if name in _WITHOUT_DISPLAY else _silence_of(name, environment)


def _plugin_folders(environment: Mapping[str, str]) -> list[Path]:
    folders = [
        Path(folder) for folder in environment.get("QT_QPA_PLATFORM_PLUGIN_PATH", "").split(os.pathsep) if folder
    ]
    if found := importlib.util.find_spec("PyQt6"):
        folders += [Path(place) / "Qt6" / "plugins" / "platforms" for place in found.submodule_search_locations or ()]
    return [folder for folder in folders if folder.is_dir()]


def _plugin(name: str, folders: Sequence[Path]) -> Path | None:
    """Where the plugin of a platform lies; its variants, such as wayland-egl, share one."""
    stems = (name, name.partition("-")[0])
    paths = (folder / f"libq{stem}.so" for folder in folders for stem in stems)
    return next((path for path in paths if path.is_file()), None)


def missing_libraries(plugin: Path) -> tuple[str, ...]:
    """The shared libraries that a library needs, itself or through others, and that the loader does not find."""
    try:
        told = subprocess.run(["ldd", plugin], capture_output=True, text=True, check=False, timeout=20).stdout
    except (OSError, subprocess.TimeoutExpired):
        # Without ldd Qt is left to find out by itself.
        return ()
    return tuple(dict.fromkeys(_MISSING.findall(told)))


def debian_package(library: str) -> str:
    """The Debian package of a shared library, by Debian's rule for their names: libGL.so.1 is in libgl1."""
    matched = _SONAME.fullmatch(library)
    if library in _PACKAGES or matched is None:
        return _PACKAGES.get(library, library)
    stem, version = matched.groups()
    hyphen = "-" if stem[-1].isdigit() and version else ""
    return f"lib{stem}{hyphen}{version}".lower().replace("_", "-")


def _silence_of(name: str, environment: Mapping[str, str]) -> str:
    """A sentence where the display that a platform would use does not answer."""
    variable = {"xcb": "DISPLAY", "wayland": "WAYLAND_DISPLAY"}.get(name.partition("-")[0], "")
    place = environment.get(variable, "")
    if not variable or _answers(name, place, environment):
        return ""
    return f"The display {place} does not answer; check {variable}." if place else f"{variable} is not set."


def _answers(name: str, place: str, environment: Mapping[str, str]) -> bool:
    """Whether a display server accepts a connection, asked through its own client library."""
    try:
        if name == "xcb":
            library = ctypes.CDLL("libxcb.so.1")
            library.xcb_connect.restype = ctypes.c_void_p
            connection = ctypes.c_void_p(library.xcb_connect(place.encode(), None))
            has_failed = bool(library.xcb_connection_has_error(connection))
            library.xcb_disconnect(connection)
            return not has_failed
        if not environment.get("XDG_RUNTIME_DIR") and not place.startswith("/"):
            return False  # the library would say so on stderr
        library = ctypes.CDLL("libwayland-client.so.0")
        library.wl_display_connect.restype = ctypes.c_void_p
        display = library.wl_display_connect(place.encode() or None)
        if display:
            library.wl_display_disconnect(ctypes.c_void_p(display))
        return bool(display)
    except OSError:
        return True  # Qt links the library in another way; let it try.
