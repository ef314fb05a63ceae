"""What makes a file outlive a crash: fsync, rename, and a lock that dies with its process.

A rename is atomic but lasts only once its folder is synced; a folder entry of a new file likewise
(POSIX fsync, "Files are hard"). Renames happen here and nowhere else.
"""

import errno
import fcntl
import os
import re
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Final

from archive.errors import ConfigError, DiskFullError, StoreInUseError, write_failure
from archive.fault import fault

# A lock of ours names the process that holds or held it; it is empty while its file is new. Nobody
# syncs it: what lost its power may have fewer of the bytes, or zeros in their place.
_SIGNED: Final = re.compile(rb"[0-9\0]{0,20}\n?")
_SHORT: Final = 40
"""Characters of a name to which something is added: at four bytes each it stays below 255."""
# exFAT and some network folders know no second name; EMLINK: a file has too many already.
_NO_LINKS: Final = frozenset({errno.EPERM, errno.ENOTSUP, errno.ENOSYS, errno.EMLINK, errno.EXDEV})


def sync_folder(folder: Path) -> None:
    """Make the names in a folder last."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def publish(staged: Path, target: Path) -> None:
    """Give a finished file its name, in one step that readers see whole or not at all.

    The staged file is synced first: a name must never last longer than the bytes behind it.
    """
    handle = os.open(staged, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
    fault("publish.synced")
    target.parent.mkdir(parents=True, exist_ok=True)
    staged.rename(target)
    fault("publish.named")
    sync_folder(target.parent)
    sync_folder(target.parent.parent)
    fault("publish.lasting")


@contextmanager
def staging_beside(target: Path) -> Iterator[Path]:
    """Make a hidden folder to finish a file in that will be published as the target.

    It is gone afterwards; only a killed process leaves it. Its name begins like the target's, as
    far as a name can be longer than that.
    """
    prefix = f".{target.name[:_SHORT]}."
    with tempfile.TemporaryDirectory(dir=target.parent, prefix=prefix) as folder:
        yield Path(folder)


def write_whole(path: Path, data: bytes) -> None:
    """Write a small file so that it is either the old one or the new one, never half of it."""
    staged = path.with_name(f".{path.name}.new")
    staged.parent.mkdir(parents=True, exist_ok=True)
    staged.write_bytes(data)
    publish(staged, path)


def point(link: Path, target: Path) -> None:
    """Let a symbolic link lead to a folder, in one step; its text is relative, so a store can move.

    What lay at the link's place must be a link, too, or nothing.
    """
    staged = link.with_name(f".{link.name}.new")
    staged.unlink(missing_ok=True)
    staged.symlink_to(target.relative_to(link.parent), target_is_directory=True)
    staged.rename(link)
    sync_folder(link.parent)


def share(source: Path, target: Path) -> None:
    """Give a finished file a second name; it is copied where the file system has no hard links.

    A copy has the name once it is whole: who finds a part there need not look into it.
    """
    try:
        target.hardlink_to(source)
    except OSError as error:
        if error.errno not in _NO_LINKS:
            raise
        staged = target.with_name(f".{target.name}.new")
        try:
            shutil.copyfile(source, staged)
            publish(staged, target)
        finally:
            staged.unlink(missing_ok=True)


def move_folder(source: Path, target: Path) -> None:
    """Move a whole folder on one file system, in one step."""
    target.parent.mkdir(parents=True, exist_ok=True)
    source.rename(target)
    sync_folder(target.parent)
    sync_folder(source.parent)


@contextmanager
def held(lock: Path) -> Iterator[None]:
    """Hold a store's lock; the kernel frees it when the process ends, however it ends.

    Raises StoreInUseError at once when another process holds it, ConfigError where no store can be
    or the file is somebody's own, DiskFullError when there is no room even for the lock.
    """
    try:
        lock.parent.mkdir(parents=True, exist_ok=True)
        opened = lock.open("a+")
    except OSError as error:
        if isinstance(failure := write_failure(error, lock), DiskFullError):
            raise failure from error
        what = (
            f"{lock.parent} cannot be written to: {error.strerror}; it can still be read"
            if lock.exists()
            else f"{lock.parent} cannot hold a store: {error.strerror}"
        )
        raise ConfigError(f"{what}; give another --store") from error
    with opened as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            file.seek(0)
            holder = file.read(32).strip() or "unknown"
            raise StoreInUseError(
                f"{lock.parent} is being written by process {holder}; "
                "wait for it to end, or give another --store"
            ) from error
        if not _SIGNED.fullmatch(os.pread(file.fileno(), 32, 0)):
            raise ConfigError(
                f"{lock} is not Newsreel's, and a store would write over it; give another --store"
            )
        _sign(file.fileno(), lock)
        yield


def _sign(handle: int, lock: Path) -> None:
    """Write into a lock who holds it; unbuffered, for a full buffer would fail again on closing."""
    try:
        os.truncate(handle, 0)
        os.write(handle, f"{os.getpid()}\n".encode())
    except OSError as error:
        raise write_failure(error, lock) from error


@contextmanager
def kept_still(lock: Path) -> Iterator[None]:
    """Keep every writer off a store while it is looked at; nothing is written for that.

    Raises StoreInUseError at once when a process holds the lock.
    """
    with ExitStack() as opened:
        try:
            file = opened.enter_context(lock.open("rb"))
            fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise StoreInUseError(
                f"{lock.parent} is being written by another process; wait for it to end"
            ) from error
        except FileNotFoundError:
            pass  # a copy without its lock, where nobody writes
        yield


def is_held(lock: Path) -> bool:
    """Whether a process holds a store's lock at this moment.

    To find out, the lock is held for an instant: a writer that starts just then is refused.
    """
    try:
        with kept_still(lock):
            return False
    except StoreInUseError:
        return True
