"""The drawing process: killed when it hangs, replaced when it is gone, never in the way of a page; what it drew is kept."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from serantau.render.cache import FolderCache, MemoryCache
from serantau.render.charts import Bar, Studio, ranked_bar
from serantau.render.drawing import Drawer, DrawingError, DrawingTimeoutError
from serantau.render.worker import RESIDENT_BYTES
from tests.support.tree import ROOT

CHART = ranked_bar("Lines in use", "", [Bar("Asterra", 28.0)])
KEY = "0123456789abcdef"
PICTURE = b"<svg viewBox='0 0 1 1'></svg>"

HANGING = "import sys, time; sys.stdin.buffer.read(4); time.sleep(60)"
ENDING = "import sys; sys.stdin.buffer.read(4)"
LYING = "import sys; sys.stdin.buffer.read(4); sys.stdout.buffer.write(b'\\x00\\x00\\x00\\x05-none'); sys.stdout.flush(); input()"


def drawer_of(program: str, **limits: float) -> Drawer:
    return Drawer(command=(sys.executable, "-c", program), **limits)


def alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] != "Z"


def test_a_process_that_hangs_is_killed_in_time():
    drawer = drawer_of(HANGING, seconds=0.3, start_seconds=0.3)
    start = time.monotonic()
    with pytest.raises(DrawingTimeoutError):
        drawer.svg(CHART.spec)
    assert time.monotonic() - start < 30, "it did not wait for the minute"
    assert drawer.pid is None


def test_a_process_that_ends_is_replaced_once_and_then_it_is_an_error():
    drawer = drawer_of(ENDING)
    with pytest.raises(DrawingError):
        drawer.svg(CHART.spec)
    assert drawer.starts == 2


def test_what_the_process_says_against_a_chart_is_the_error():
    drawer = drawer_of(LYING)
    with pytest.raises(DrawingError, match="none"):
        drawer.svg(CHART.spec)
    drawer.close()


def test_after_a_kill_the_next_chart_is_drawn():
    drawer = Drawer()
    try:
        first = drawer.svg(CHART.spec)
        os.kill(drawer.pid, signal.SIGKILL)
        assert drawer.svg(CHART.spec) == first
        assert drawer.starts == 2
    finally:
        drawer.close()


def test_many_threads_share_one_process():
    drawer, found = Drawer(), []
    charts = [ranked_bar(f"Chart {at}", "", [Bar("Asterra", float(at))]) for at in range(8)]
    threads = [threading.Thread(target=lambda chart=chart: found.append(drawer.svg(chart.spec))) for chart in charts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    drawer.close()
    assert len(set(found)) == 8
    assert drawer.starts == 1


def test_a_large_server_does_not_make_its_process_end_after_each_chart():
    """The peak that getrusage(2) tells is inherited through fork and exec: it was that of the server."""
    code = (
        "from serantau.render.drawing import Drawer\n"
        "from tests.render.test_drawing import CHART\n"
        f"ballast = bytearray({RESIDENT_BYTES + 100_000_000})\n"
        "drawer = Drawer()\n"
        "drawer.svg(CHART.spec); drawer.svg(CHART.spec)\n"
        "print(drawer.starts); drawer.close()\n"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "1"


def test_the_process_does_not_outlive_its_server():
    program = (
        "from serantau.render.drawing import Drawer; from serantau.render.charts import *; import os, time\n"
        "drawer = Drawer(); drawer.svg(ranked_bar('x', '', [Bar('a', 1.0)]).spec); print(drawer.pid, flush=True)\n"
        "time.sleep(60)"
    )
    with subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE, text=True) as server:
        pid = int(server.stdout.readline())
        assert alive(pid)
        server.kill()
    for _ in range(400):
        if not alive(pid):
            break
        time.sleep(0.05)
    assert not alive(pid)


def test_a_chart_that_fails_is_none_is_logged_and_is_not_tried_again_at_once(caplog):
    studio = Studio(drawer_of(LYING))
    assert studio.draw(CHART) is None
    assert "Lines in use" in caplog.text
    starts = studio.drawer.starts
    assert studio.draw(CHART) is None
    assert studio.drawer.starts == starts
    studio.drawer.close()


def test_a_drawn_chart_is_kept_in_the_folder_for_the_next_process(tmp_path):
    studio = Studio()
    drawn = studio.draw(CHART, tmp_path / "charts")
    studio.drawer.close()
    other = Studio(drawer_of(HANGING, seconds=0.1, start_seconds=0.1))
    assert other.draw(CHART, tmp_path / "charts") == drawn
    assert other.drawer.starts == 0


# --- what is kept ------------------------------------------------------------------------------------------------------


def test_the_memory_is_bounded_in_number_and_bytes():
    memory = MemoryCache(most_entries=3, most_bytes=100)
    for number in range(5):
        memory.put(f"{number}", b"x" * 30)
    assert len(memory) == 3
    assert memory.get("0") is None
    memory.put("big", b"x" * 90)
    assert len(memory) == 1
    memory.put("too big", b"x" * 200)
    assert memory.get("too big") is None
    assert memory.size <= 100


def test_the_folder_is_bounded_and_forgets_what_was_asked_longest_ago(tmp_path):
    cache = FolderCache(tmp_path, most_files=3, sweep_every=1)
    keys = [f"{number:016x}" for number in range(6)]
    for at, key in enumerate(keys):
        cache.put(key, PICTURE)
        os.utime(tmp_path / f"{key}.svg", (at, at))
    cache.sweep()
    assert sorted(path.stem for path in tmp_path.iterdir()) == keys[-3:]


def test_half_a_picture_is_none(tmp_path):
    cache = FolderCache(tmp_path)
    (tmp_path / f"{KEY}.svg").write_bytes(PICTURE[:10])
    assert cache.get(KEY) is None
    assert not (tmp_path / f"{KEY}.svg").exists()


def test_a_folder_that_cannot_be_used_holds_nothing_and_breaks_nothing(tmp_path):
    (tmp_path / "file").write_text("")
    cache = FolderCache(tmp_path / "file" / "charts")
    cache.put(KEY, PICTURE)
    assert cache.get(KEY) is None


@pytest.mark.parametrize("key", ["../../etc/passwd", "", "x" * 16, KEY + "/x"])
def test_a_key_is_a_digest(tmp_path, key):
    with pytest.raises(ValueError, match="digest"):
        FolderCache(tmp_path).get(key)


def test_two_processes_may_write_the_same_picture_at_once(tmp_path):
    program = (
        "import sys; from pathlib import Path; from serantau.render.cache import FolderCache\n"
        f"cache = FolderCache(Path(sys.argv[1]), sweep_every=5)\n"
        f"for _ in range(200): cache.put({KEY!r}, {PICTURE!r}); assert cache.get({KEY!r}) == {PICTURE!r}"
    )
    running = [subprocess.Popen([sys.executable, "-c", program, str(tmp_path)]) for _ in range(3)]
    assert [process.wait() for process in running] == [0, 0, 0]
    assert [path.name for path in tmp_path.iterdir()] == [f"{KEY}.svg"]
