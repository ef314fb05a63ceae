"""A disk that loses what was never synced: what may be left of a traced process when power fails.

The model is POSIX's and no kinder: bytes last once their file is synced, a name once its folder is
(fsync(2): "Calling fsync() does not necessarily ensure that the entry in the directory ... has also
reached disk"). What is not synced may be there whole, in part, as zeros, or not at all.
"""

import random
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

TRACED: Final = (
    "openat,close,write,pwrite64,writev,pwritev,fsync,fdatasync,ftruncate,truncate,lseek,rename,"
    "renameat,renameat2,unlink,unlinkat,mkdir,mkdirat,rmdir,link,linkat,symlink,symlinkat"
)
STRACE: Final = ("strace", "-f", "-qq", "-xx", "-s", "16000000", "-e", f"trace={TRACED}", "-o")

_CALL: Final = re.compile(r"^(\d+) +(\w+)\((.*)\) += (-?\d+)")
_BEGUN: Final = re.compile(r"^(\d+) +(.*) <unfinished \.\.\.>$")
_RESUMED: Final = re.compile(r"^(\d+) +<\.\.\. \w+ resumed>(.*)$")
_TEXT: Final = re.compile(r'"((?:\\x[0-9a-f]{2})*)"')


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """One system call that succeeded."""

    name: str
    words: tuple[str, ...]
    """The arguments; a text stands as it is printed."""
    texts: tuple[bytes, ...]
    result: int


def calls_in(lines: Iterable[str]) -> Iterator[Call]:
    """Yield the calls of a trace in the order in which they ended."""
    begun: dict[str, str] = {}
    for line in lines:
        if found := _BEGUN.match(line):
            begun[found[1]] = found[0].removesuffix(" <unfinished ...>")
            continue
        if found := _RESUMED.match(line):
            line = begun.pop(found[1], "") + found[2]  # noqa: PLW2901 - the line, put together
        call = _CALL.match(line)
        if call and int(call[4]) >= 0:
            texts = tuple(bytes.fromhex(text.replace("\\x", "")) for text in _TEXT.findall(call[3]))
            words = tuple(word.strip() for word in _TEXT.sub("TEXT", call[3]).split(","))
            yield Call(name=call[2], words=words, texts=texts, result=int(call[4]))


@dataclass(slots=True, eq=False)
class _Node:
    """A file, a folder or a link, whatever it is called."""

    kind: str = "file"
    data: bytearray = field(default_factory=bytearray)
    lasting: bytes = b""
    """What of its bytes is synced; of a link all."""
    entries: dict[str, "_Node"] = field(default_factory=dict)
    lasting_entries: dict[str, "_Node"] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class _Naming:
    """One name that is given, or taken away: then there is no node."""

    folder: _Node
    name: str
    node: _Node | None


@dataclass(slots=True)
class _Open:
    path: str
    node: _Node
    position: int = 0
    appends: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Left:
    """What is left of one path."""

    kind: str
    data: bytes


class LossyDisk:
    """A folder and all below it, as the calls of one process leave it."""

    def __init__(self, root: Path) -> None:
        self._root = str(root)
        self._top = _Node(kind="folder")
        self._pending: list[tuple[_Naming, ...]] = []
        """What is renamed at once lasts at once, as in a file system with a journal."""
        self._open: dict[int, _Open] = {}
        self._paths: dict[int, str] = {}

    def take(self, call: Call) -> bool:
        """Note what a call does; return whether it changed anything."""
        does = _CALLS.get(call.name)
        return does is not None and does(self, call)

    def left(self, chance: random.Random | None) -> dict[str, Left]:
        """Return what each path below the root has when power fails now.

        Without chance nothing is left but what was synced. With it, names outlast the failure in
        the order in which they were given, up to one of them.
        """
        names: dict[int, dict[str, _Node]] = {}

        def entries(folder: _Node) -> dict[str, _Node]:
            return names.setdefault(id(folder), dict(folder.lasting_entries))

        kept = chance.randint(0, len(self._pending)) if chance else 0
        for naming in (each for group in self._pending[:kept] for each in group):
            if naming.node is None:
                entries(naming.folder).pop(naming.name, None)
            else:
                entries(naming.folder)[naming.name] = naming.node
        found: dict[str, Left] = {}

        def walk(folder: _Node, prefix: str) -> None:
            for name, node in entries(folder).items():
                found[prefix + name] = Left(kind=node.kind, data=_survived(node, chance))
                if node.kind == "folder":
                    walk(node, f"{prefix}{name}/")

        walk(self._top, "")
        return found

    def open_at(self, call: Call) -> bool:
        """Note what a descriptor stands for."""
        path = self._path(call, 0)
        self._open.pop(call.result, None)
        self._paths[call.result] = path
        if not self._is_ours(path):
            return False
        node = self._find(path, follows=True)
        is_new = node is None
        if node is None:
            node = _Node()
            self._name((path, node))
        flags = call.words[2]
        if "O_TRUNC" in flags:
            node.data.clear()
        self._open[call.result] = _Open(path=path, node=node, appends="O_APPEND" in flags)
        return is_new

    def close(self, call: Call) -> bool:
        """Forget a descriptor."""
        self._open.pop(int(call.words[0]), None)
        self._paths.pop(int(call.words[0]), None)
        return False

    def write(self, call: Call) -> bool:
        """Put bytes into a file."""
        opened = self._open.get(int(call.words[0]))
        if opened is None:
            return False
        data = b"".join(call.texts)[: call.result]
        at = len(opened.node.data) if opened.appends else opened.position
        if call.name.startswith("pwrite"):
            at = int(call.words[-1])
        else:
            opened.position = at + len(data)
        _resize(opened.node.data, max(len(opened.node.data), at))
        opened.node.data[at : at + len(data)] = data
        return True

    def seek(self, call: Call) -> bool:
        """Note where the next write goes."""
        if opened := self._open.get(int(call.words[0])):
            opened.position = call.result
        return False

    def sync(self, call: Call) -> bool:
        """Make a file's bytes last, or a folder's names."""
        opened = self._open.get(int(call.words[0]))
        if opened is None:
            return False
        opened.node.lasting = bytes(opened.node.data)
        still = []
        for group in self._pending:
            if any(naming.folder is opened.node for naming in group):
                for naming in group:
                    if naming.node is None:
                        naming.folder.lasting_entries.pop(naming.name, None)
                    else:
                        naming.folder.lasting_entries[naming.name] = naming.node
            else:
                still.append(group)
        self._pending = still
        return True

    def truncate(self, call: Call) -> bool:
        """Cut a file."""
        if call.name == "truncate":
            node = self._find(self._path(call, 0))
        else:
            opened = self._open.get(int(call.words[0]))
            node = opened.node if opened else None
        if node is not None:
            _resize(node.data, int(call.words[-1]))
        return node is not None

    def rename(self, call: Call) -> bool:
        """Give a file or a folder another name."""
        source, target = self._path(call, 0), self._path(call, 1)
        node = self._find(source) if self._is_ours(source) else None
        if node is not None:
            self._name((target, node), (source, None))
        return node is not None

    def unlink(self, call: Call) -> bool:
        """Take a name away."""
        path = self._path(call, 0)
        is_there = self._is_ours(path) and self._find(path) is not None
        if is_there:
            self._name((path, None))
        return is_there

    def make_folder(self, call: Call) -> bool:
        """Make a folder."""
        return self._make(self._path(call, 0), _Node(kind="folder"))

    def link(self, call: Call) -> bool:
        """Give a file a second name."""
        node = self._find(self._path(call, 0))
        return node is not None and self._make(self._path(call, 1), node)

    def link_softly(self, call: Call) -> bool:
        """Make a symbolic link; its text lasts as its name does."""
        return self._make(self._path(call, 1), _Node(kind="link", lasting=call.texts[0]))

    def _make(self, path: str, node: _Node) -> bool:
        if self._is_ours(path):
            self._name((path, node))
        return self._is_ours(path)

    def _name(self, *changes: tuple[str, _Node | None]) -> None:
        group = []
        for path, node in changes:
            above, _, name = path.rpartition("/")
            folder = self._find(above, follows=True)
            assert folder is not None, path
            if node is None:
                folder.entries.pop(name, None)
            else:
                folder.entries[name] = node
            group.append(_Naming(folder, name, node))
        self._pending.append(tuple(group))

    def _find(self, path: str, *, follows: bool = False) -> _Node | None:
        """Return what has a path now; a link on the way is followed, and at its end if asked."""
        if path == self._root:
            return self._top
        above, _, name = path.rpartition("/")
        folder = self._find(above, follows=True)
        node = folder.entries.get(name) if folder else None
        if node is not None and node.kind == "link" and follows:
            return self._find(f"{above}/{node.lasting.decode()}", follows=True)
        return node

    def _is_ours(self, path: str) -> bool:
        return path == self._root or path.startswith(f"{self._root}/")

    def _path(self, call: Call, number: int) -> str:
        """Return a path of a call; one that is relative begins at the descriptor before it."""
        text = call.texts[number].decode()
        if text.startswith("/"):
            return text
        before = [word for word in call.words[: 2 * number + 1] if word.isdecimal()]
        return f"{self._paths.get(int(before[-1]), '') if before else ''}/{text}"


def _resize(data: bytearray, length: int) -> None:
    data.extend(bytes(max(0, length - len(data))))
    del data[length:]


def _survived(node: _Node, chance: random.Random | None) -> bytes:
    """Return what is left of a file's bytes."""
    written = bytes(node.data)
    if node.kind == "link" or chance is None or node.lasting == written:
        return node.lasting
    if not written.startswith(node.lasting):
        return chance.choice((node.lasting, written))
    end = chance.randint(len(node.lasting), len(written))
    return written[:end] + bytes(chance.choice((0, len(written) - end)))


def lay_out(left: Mapping[str, Left], folder: Path) -> None:
    """Make files, folders and links of what is left."""
    folder.mkdir(parents=True)
    for path, each in sorted(left.items()):
        target = folder / path
        if each.kind == "folder":
            target.mkdir()
        elif each.kind == "link":
            target.symlink_to(each.data.decode())
        else:
            target.write_bytes(each.data)


_CALLS: Final[Mapping[str, Callable[[LossyDisk, Call], bool]]] = {
    "openat": LossyDisk.open_at,
    "close": LossyDisk.close,
    "write": LossyDisk.write,
    "writev": LossyDisk.write,
    "pwrite64": LossyDisk.write,
    "pwritev": LossyDisk.write,
    "lseek": LossyDisk.seek,
    "fsync": LossyDisk.sync,
    "fdatasync": LossyDisk.sync,
    "ftruncate": LossyDisk.truncate,
    "truncate": LossyDisk.truncate,
    "rename": LossyDisk.rename,
    "renameat": LossyDisk.rename,
    "renameat2": LossyDisk.rename,
    "unlink": LossyDisk.unlink,
    "unlinkat": LossyDisk.unlink,
    "rmdir": LossyDisk.unlink,
    "mkdir": LossyDisk.make_folder,
    "mkdirat": LossyDisk.make_folder,
    "link": LossyDisk.link,
    "linkat": LossyDisk.link,
    "symlink": LossyDisk.link_softly,
    "symlinkat": LossyDisk.link_softly,
}
