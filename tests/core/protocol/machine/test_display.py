"""Which platform can show a window is found out before Qt, with real plugins whose libraries are hidden."""

import importlib.util
import os
import shutil
import socket
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from ebert_core.cli.demo import problem_of_display
from ebert_core.protocol.machine.display import debian_package, missing_libraries, usable_platforms

pytestmark = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="other systems bring the libraries along")
NOWHERE = ":64999"


@pytest.fixture
def hide(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """Hide libraries of a platform: a copy of its plugin asks for names that no system has."""
    spec = importlib.util.find_spec("PyQt6")
    assert spec is not None
    qt = Path(next(iter(spec.submodule_search_locations or ()))) / "Qt6"
    platforms = tmp_path / "Qt6" / "plugins" / "platforms"
    platforms.mkdir(parents=True)
    (tmp_path / "Qt6" / "lib").mkdir()
    for library in (qt / "lib").iterdir():
        # Copied and not linked, where a library is to be hidden: the loader resolves links before it looks around.
        (tmp_path / "Qt6" / "lib" / library.name).symlink_to(library)
    monkeypatch.setenv("QT_QPA_PLATFORM_PLUGIN_PATH", str(platforms))

    def hidden(platform: str, *names: str) -> None:
        copy = tmp_path / "Qt6" / "plugins" / "platforms" / f"libq{platform}.so"
        content = (qt / "plugins" / "platforms" / copy.name).read_bytes()
        for name in names:
            assert name.encode() in content
            content = content.replace(name.encode(), b"libnot" + name.encode()[6:])
        copy.write_bytes(content)

    return hidden


def environment(**changes: str) -> dict[str, str]:
    kept = {key: value for key, value in os.environ.items() if key not in ("DISPLAY", "WAYLAND_DISPLAY")}
    kept.pop("QT_QPA_PLATFORM", None)
    return {**kept, **changes}


def window(**changes: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "ebert_gui"]
    return subprocess.run(
        command, env=environment(**changes), capture_output=True, text=True, timeout=60, stdin=subprocess.DEVNULL
    )


def test_every_hidden_library_is_named_with_its_package(hide: Callable[..., None]) -> None:
    hide("xcb", "libxcb-cursor.so.0", "libxcb-sync.so.1")
    platforms = usable_platforms(environment(DISPLAY=NOWHERE, **own_plugins()))
    assert platforms.names == ()
    assert "libnot-cursor.so.0" in platforms.problem
    assert "libnot-sync.so.1" in platforms.problem
    assert "sudo apt-get install" in platforms.problem
    assert "libnot-cursor0" in platforms.problem


def test_the_window_says_what_is_missing_and_does_not_abort(hide: Callable[..., None]) -> None:
    hide("xcb", "libxcb-cursor.so.0")
    ended = window(DISPLAY=NOWHERE, **own_plugins())
    assert ended.returncode == 2
    assert "lacks libnot-cursor.so.0" in ended.stderr
    assert len(ended.stderr.splitlines()) == 1


def test_the_next_platform_that_works_is_used_and_told(hide: Callable[..., None]) -> None:
    hide("xcb", "libxcb-cursor.so.0")
    platforms = usable_platforms(environment(QT_QPA_PLATFORM="xcb;offscreen", **own_plugins()))
    assert platforms.names == ("offscreen",)
    assert "lacks libnot-cursor.so.0" in platforms.problem
    assert "uses offscreen instead" in platforms.problem


def test_the_demonstration_is_told_to_write_files(hide: Callable[..., None], monkeypatch: pytest.MonkeyPatch) -> None:
    hide("xcb", "libxcb-cursor.so.0")
    for name in ("WAYLAND_DISPLAY", "QT_QPA_PLATFORM"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("DISPLAY", NOWHERE)
    assert "lacks libnot-cursor.so.0" in problem_of_display()


def test_a_display_that_does_not_answer_is_no_display() -> None:
    ended = window(DISPLAY=NOWHERE)
    assert ended.returncode == 2
    # A machine without a screen may lack the libraries, too; that is said first.
    assert "does not answer" in ended.stderr or "lacks" in ended.stderr
    assert "--picture" in ended.stderr


def test_a_wayland_display_that_does_not_answer_is_named(tmp_path: Path) -> None:
    # A path longer than a socket's name may be, or a socket that nobody serves, ends in the same sentence.
    place = tmp_path / "wayland-9"
    server = socket.socket(socket.AF_UNIX)
    server.bind(str(place))
    server.close()
    platforms = usable_platforms(environment(WAYLAND_DISPLAY=str(place), XDG_RUNTIME_DIR=str(tmp_path)))
    assert platforms.names == ()
    assert "does not answer" in platforms.problem or "lacks" in platforms.problem


def test_without_any_display_the_window_says_how_to_do_without() -> None:
    ended = window()
    assert ended.returncode == 2
    assert ended.stderr.count("\n") == 1
    assert "neither DISPLAY nor WAYLAND_DISPLAY" in ended.stderr
    assert "--picture" in ended.stderr


def test_a_platform_that_qt_does_not_have_is_named() -> None:
    platforms = usable_platforms(environment(QT_QPA_PLATFORM="riscos"))
    assert platforms.names == ()
    assert "no platform riscos" in platforms.problem


def test_arguments_of_a_platform_do_not_hide_it() -> None:
    assert usable_platforms(environment(QT_QPA_PLATFORM="offscreen:fontdpi=96")).names == ("offscreen:fontdpi=96",)


def test_a_session_of_wayland_tries_wayland_first_and_others_x11_first(hide: Callable[..., None]) -> None:
    hide("xcb", "libxcb-cursor.so.0")
    hide("wayland", "libwayland-cursor.so.0")
    both = {"DISPLAY": NOWHERE, "WAYLAND_DISPLAY": "wayland-9", **own_plugins()}
    said = usable_platforms(environment(XDG_SESSION_TYPE="wayland", **both)).problem
    assert said.index("wayland lacks") < said.index("xcb lacks")
    said = usable_platforms(environment(XDG_SESSION_TYPE="x11", **both)).problem
    assert said.index("xcb lacks") < said.index("wayland lacks")


def test_a_library_with_all_it_needs_misses_nothing(tmp_path: Path) -> None:
    assert shutil.which("ldd")
    assert missing_libraries(Path(sys.executable)) == ()


@pytest.mark.parametrize(
    ("library", "package"),
    [
        ("libxcb-cursor.so.0", "libxcb-cursor0"),
        ("libxcb-icccm.so.4", "libxcb-icccm4"),
        ("libxcb-keysyms.so.1", "libxcb-keysyms1"),
        ("libxkbcommon-x11.so.0", "libxkbcommon-x11-0"),
        ("libX11-xcb.so.1", "libx11-xcb1"),
        ("libX11.so.6", "libx11-6"),
        ("libGL.so.1", "libgl1"),
        ("libEGL.so.1", "libegl1"),
        ("libdbus-1.so.3", "libdbus-1-3"),
        ("libglib-2.0.so.0", "libglib2.0-0"),
        ("libwayland-client.so.0", "libwayland-client0"),
        ("libfontconfig.so.1", "libfontconfig1"),
    ],
)
def test_a_librarys_package_has_the_name_that_debian_gives_it(library: str, package: str) -> None:
    assert debian_package(library) == package


def own_plugins() -> dict[str, str]:
    return {"QT_QPA_PLATFORM_PLUGIN_PATH": os.environ["QT_QPA_PLATFORM_PLUGIN_PATH"]}
