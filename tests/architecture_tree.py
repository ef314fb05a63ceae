"""The tree as the rules read it: every module's source, taken apart once."""

import ast
import io
import tokenize
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path, PurePosixPath


@dataclass(frozen=True, slots=True, kw_only=True)
class Import:
    """One name that a module imports, absolute and dotted."""

    name: str
    line: int
    on_load: bool
    """Whether it runs when the module is loaded; False in a function and under TYPE_CHECKING."""


@dataclass(frozen=True)
class Module:
    """One file of the tree."""

    path: PurePosixPath
    """From the root of the tree, which is also where imports start."""
    source: str

    @cached_property
    def syntax(self) -> ast.Module:
        """The file, parsed."""
        return ast.parse(self.source)

    @cached_property
    def nodes(self) -> tuple[ast.AST, ...]:
        """Every node of it: a dozen rules look through them all."""
        return tuple(ast.walk(self.syntax))

    @property
    def name(self) -> str:
        """The dotted name that an import would use."""
        return ".".join(self.path.with_suffix("").parts).removesuffix(".__init__")

    @property
    def line_count(self) -> int:
        """Lines, blank ones and comments too."""
        return len(self.source.splitlines())

    @cached_property
    def imports(self) -> tuple[Import, ...]:
        """Every import, wherever in the file it stands."""
        deferred = {
            id(node)
            for later in self.nodes
            if isinstance(later, ast.FunctionDef | ast.AsyncFunctionDef)
            or (isinstance(later, ast.If) and ast.unparse(later.test) == "TYPE_CHECKING")
            for node in ast.walk(later)
        }
        return tuple(
            Import(name=name, line=node.lineno, on_load=id(node) not in deferred)
            for node in self.nodes
            if isinstance(node, ast.Import | ast.ImportFrom)
            for name in self._names(node)
        )

    def _names(self, node: ast.Import | ast.ImportFrom) -> Iterator[str]:
        start = ""
        if isinstance(node, ast.ImportFrom):
            package = self.path.parts[: len(self.path.parts) - node.level] if node.level else ()
            start = ".".join((*package, *([node.module] if node.module else ()))) + "."
        for alias in node.names:
            yield start + alias.name

    @cached_property
    def comments(self) -> tuple[tuple[int, str], ...]:
        """Each comment with its line."""
        tokens = tokenize.generate_tokens(io.StringIO(self.source).readline)
        return tuple(
            (token.start[0], token.string) for token in tokens if token.type == tokenize.COMMENT
        )

    @cached_property
    def calls(self) -> tuple[tuple[int, str, ast.Call], ...]:
        """Each call with its line and the dotted text of what is called."""
        return tuple(
            (node.lineno, ast.unparse(node.func), node)
            for node in self.nodes
            if isinstance(node, ast.Call)
        )

    def is_below(self, *folders: str) -> bool:
        """Return whether the file is one of these, or lies in one of these folders."""
        return any(self.path.is_relative_to(folder) for folder in folders)


def read_tree(root: Path, *folders: str) -> tuple[Module, ...]:
    """Return every module below these folders of a tree, in order of their paths."""
    return tuple(
        Module(PurePosixPath(path.relative_to(root).as_posix()), path.read_text("utf-8"))
        for folder in folders
        for path in sorted((root / folder).rglob("*.py"))
    )
