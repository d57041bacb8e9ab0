"""The SOAP clients of institutions, driven alike: each calls operations of a running server and tells what it read.

What a client read is brought to one form (``canonical``), so that the readings of all clients can be compared. Absent,
nil and empty are one there, because they are one for most clients; the golden bytes of the contract tests tell them
apart.
"""

from __future__ import annotations

import base64
import json
import os
import shutil
import signal
import subprocess
import sys
import urllib.request
from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cache
from pathlib import Path
from typing import Any, ClassVar, Protocol

import zeep
import zeep.helpers
from lxml import etree

HERE = Path(__file__).parent
XSD = "{http://www.w3.org/2001/XMLSchema}"
NS = "http://kaysis.gov.tr/"


@dataclass(frozen=True)
class Access:
    """Where the service is and who calls."""

    url: str
    kurum_id: str
    password: str
    facts: Mapping[str, Any] = field(default_factory=dict)
    """Further numbers that are worth asking for."""
    described: str = ""
    """Where the WSDL is that the client is made from, if it is not the service's own."""

    @property
    def wsdl(self) -> str:
        return self.described or self.url + "?WSDL"


@dataclass(frozen=True)
class Invocation:
    """One call: operation and its inputs by wire name; a list stands for an array, None for an input left out."""

    operation: str
    input: Mapping[str, Any]


class Client(Protocol):
    """A client program with one SOAP version."""

    name: str

    def call(self, access: Access, calls: Sequence[Invocation]) -> list[Any]:
        """What the client read, in canonical form, one for each of ``calls``; a fault is ``{"fault": text}``."""


class Shapes:
    """The types of a WSDL's inline schema, as far as comparing answers needs them."""

    def __init__(self, wsdl: bytes) -> None:
        schema = etree.fromstring(wsdl).find(f".//{XSD}schema")
        self._types: dict[str, dict[str, str]] = {}
        bases = {}
        for node in schema.iterfind(f"{XSD}complexType"):
            name = node.get("name")
            extension = node.find(f".//{XSD}extension")
            bases[name] = extension.get("base").rpartition(":")[2] if extension is not None else None
            self._types[name] = {e.get("name"): e.get("type") for e in node.iterfind(f".//{XSD}element")}
        self._bases = bases
        self._results: dict[str, tuple[str, str]] = {}
        self._inputs: dict[str, dict[str, str]] = {}
        for node in schema.iterfind(f"{XSD}element"):
            inner = {e.get("name"): e.get("type") for e in node.iterfind(f".//{XSD}element")}
            name = node.get("name")
            if name.endswith("Response"):
                self._results[name.removesuffix("Response")] = next(iter(inner.items()))
            else:
                self._inputs[name] = inner

    @property
    def operations(self) -> list[str]:
        return sorted(self._results)

    def fields(self, name: str) -> dict[str, str]:
        base = self._bases.get(name)
        return {**(self.fields(base) if base else {}), **self._types.get(name, {})}

    def input_item(self, operation: str, name: str) -> str | None:
        """Name of the items of an array input, None for a plain one."""
        kind = self._inputs[operation][name].rpartition(":")[2]
        return next(iter(self.fields(kind))) if kind.startswith("ArrayOf") else None

    def answer(self, operation: str, value: Any) -> Any:
        """Canonical form of an answer: the result itself, whether or not the client unwrapped it."""
        name, kind = self._results[operation]
        if isinstance(value, Mapping):
            if "fault" in value:
                return dict(value)
            if set(value) == {name}:
                value = value[name]
        return self._canonical(value, kind)

    def _canonical(self, value: Any, kind: str) -> Any:
        prefix, _, name = kind.rpartition(":")
        if value is None or (isinstance(value, Mapping) and "attributes" in value):
            return None  # nil, as Node reads it
        if prefix != "tns":
            return _text(value, name)
        if name.startswith("ArrayOf"):
            item, item_kind = next(iter(self.fields(name).items()))
            if isinstance(value, Mapping):
                value = value.get(item)
            if value in (None, "", []):
                return None
            items = value if isinstance(value, list) else [value]
            return [self._canonical(one, item_kind) for one in items]
        if not isinstance(value, Mapping):
            return None if value in ("", []) else {"unexpected": repr(value)}
        read = {field: self._canonical(value.get(field), of) for field, of in self.fields(name).items()}
        extra = {key for key in value if key not in read}
        assert not extra, f"{name}: {extra}"
        return {field: one for field, one in read.items() if one is not None} or None


def _text(value: Any, kind: str) -> str | None:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, bytes):
        return base64.b64encode(value).decode()
    if isinstance(value, datetime | date):
        value = value.isoformat()
    text = str(value)
    if kind == "dateTime":
        text = text.removesuffix("Z")
        if "." in text:
            text = text.rstrip("0").rstrip(".")
    return text or None


@cache
def shapes(wsdl: Path) -> Shapes:
    return Shapes(wsdl.read_bytes())


class Zeep:
    """Python's zeep with its default, strict settings."""

    def __init__(self, wsdl: Path, version: int) -> None:
        self.name = f"zeep-{version}"
        self._shapes = shapes(wsdl)
        self._version = version

    def call(self, access: Access, calls: Sequence[Invocation]) -> list[Any]:
        client = zeep.Client(access.wsdl)
        port = "BBDETSISWS1" if self._version == 2 else "BBDETSISWS"
        service = client.bind("DETSISServis", port)
        header = client.get_element(f"{{{NS}}}BbServiceAuthentication")
        headers = [header(KurumID=access.kurum_id, Password=access.password)]
        answers = []
        for call in calls:
            given = {}
            for name, value in call.input.items():
                item = self._shapes.input_item(call.operation, name)
                given[name] = {item: value} if item and value is not None else value
            try:
                answer = service[call.operation](**given, _soapheaders=headers)
            except zeep.exceptions.Fault as fault:
                answers.append({"fault": fault.message})
                continue
            answers.append(self._shapes.answer(call.operation, zeep.helpers.serialize_object(answer, dict)))
        client.transport.session.close()
        return answers


class Program:
    """A client in a program of its own that reads a job as JSON and prints answers as JSON."""

    def __init__(self, name: str, command: Sequence[str], wsdl: Path, version: int, **environ: str) -> None:
        self.name = f"{name}-{version}"
        self._command = list(command)
        self._shapes = shapes(wsdl)
        self._version = version
        self._environ = {**os.environ, **environ}

    def call(self, access: Access, calls: Sequence[Invocation]) -> list[Any]:
        job = {
            "wsdl": access.wsdl,
            "version": self._version,
            "kurum_id": access.kurum_id,
            "password": access.password,
            "calls": [{"operation": call.operation, "input": self._input(call)} for call in calls],
        }
        run = subprocess.run(
            self._command, input=json.dumps(job), capture_output=True, text=True, timeout=300, env=self._environ
        )
        assert run.returncode == 0, run.stderr + run.stdout
        answers = json.loads(run.stdout)
        return [self._shapes.answer(call.operation, answers[str(number)]) for number, call in enumerate(calls)]

    def _input(self, call: Invocation) -> dict[str, Any]:
        given = {}
        for name, value in call.input.items():
            item = self._shapes.input_item(call.operation, name)
            if item and value is not None:
                value = {item: value}
            given[name] = value
        return given


class Compiled(ABC):
    """A client whose proxy is generated from the served WSDL and compiled, like that of an EBYS.

    Its program is given the calls as lines and answers each with a line of JSON (``dotnet/Call.cs`` says how).
    """

    kind = ""
    environ: ClassVar[Mapping[str, str]] = {}
    """What is set for the programs beside this process's own environment."""

    def __init__(self, wsdl: Path, version: int, folder: Path) -> None:
        self.name = f"{self.kind}-{version}"
        self._shapes = shapes(wsdl)
        self._version = version
        self._folder = folder

    @abstractmethod
    def generate(self, served: Path) -> None:
        """Generate the proxy from the file ``served`` and compile it with the program."""

    @abstractmethod
    def command(self) -> list[str]:
        """The command that runs the program."""

    def build(self, url: str) -> None:
        """Generate and compile, once a folder."""
        done = self._folder / f"{self.kind}.done"
        if not done.exists():
            served = self._folder / "served.wsdl"
            with urllib.request.urlopen(url, timeout=30) as answer:
                served.write_bytes(answer.read())
            self.generate(served)
            done.touch()

    def run(self, *command: str) -> None:
        run = self._told(command)
        assert run.returncode == 0, run.stdout + run.stderr

    def call(self, access: Access, calls: Sequence[Invocation]) -> list[Any]:
        self.build(access.wsdl)
        lines = [
            "\t".join([call.operation, *(self._word(call.input.get(name)) for name in self._order(call.operation))])
            for call in calls
        ]
        command = [*self.command(), access.url, access.kurum_id, access.password, str(self._version), access.wsdl]
        run = self._told(command, "\n".join(lines) + "\n")
        if run.returncode in {-signal.SIGABRT, -signal.SIGSEGV}:
            # mono itself fell, as it does once in some dozens of runs on a busy machine, whatever it was told
            run = self._told(command, "\n".join(lines) + "\n")
        assert run.returncode == 0, run.stderr + run.stdout
        answers = [json.loads(line) for line in run.stdout.splitlines()]
        assert len(answers) == len(calls), run.stderr
        return [self._shapes.answer(call.operation, answer) for call, answer in zip(calls, answers, strict=True)]

    def _told(self, command: Sequence[str], lines: str | None = None) -> subprocess.CompletedProcess[str]:
        """Run a program in the folder, where what it leaves behind when it falls disturbs nobody."""
        environ = {**os.environ, **self.environ}
        return subprocess.run(
            command, input=lines, capture_output=True, text=True, timeout=300, cwd=self._folder, env=environ
        )

    def _order(self, operation: str) -> list[str]:
        return list(self._shapes._inputs[operation])

    @staticmethod
    def _word(value: Any) -> str:
        if value is None:
            return "\\N"
        return ",".join(map(str, value)) if isinstance(value, list) else str(value)


class Dotnet(Compiled):
    """mono's ``wsdl`` and ``mcs``."""

    kind = "dotnet"

    def generate(self, served: Path) -> None:
        self.run("wsdl", "/nologo", "/protocol:SOAP", "/out:Proxy.cs", str(served))
        sources = ["Proxy.cs", str(HERE / "dotnet" / "Call.cs")]
        self.run("mcs", "-nologo", "-nowarn:1591", "-r:System.Web.Services.dll", "-out:call.exe", *sources)

    def command(self) -> list[str]:
        return ["mono", str(self._folder / "call.exe")]


class JaxWs(Compiled):
    """Java with JAX-WS: ``wsimport`` with the names of ``docs/kaysis.xjb``, both ports."""

    kind = "jaxws"
    program = "JaxWs"
    jars = "/usr/share/jaxws/lib/*"
    environ: ClassVar = {"JAVA_TOOL_OPTIONS": "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC"}
    """For programs that end within seconds: most of their time would go into compiling themselves well."""

    def generate(self, served: Path) -> None:
        names = (HERE.parents[1] / "docs" / "kaysis.xjb").read_text(encoding="utf-8").splitlines(keepends=True)
        if b'"MevzuatSorgula"' not in served.read_bytes():  # the older WSDL
            names = [line for line in names if "~kaysis:MevzuatSorgula" not in line]
        (self._folder / "kaysis.xjb").write_text("".join(names), encoding="utf-8")
        self.run("wsimport", "-quiet", "-extension", "-Xnocompile", "-b", "kaysis.xjb", "-p", "kaysis", str(served))
        self.compile("kaysis")

    def compile(self, package: str) -> None:
        sources = [str(HERE / "java" / f"{name}.java") for name in ("Rows", self.program)]
        generated = [str(path) for path in (self._folder / package).glob("*.java")]
        options = ["-nowarn", "-proc:none", "-encoding", "UTF-8", "-cp", self.jars, "-d", f"out-{self.kind}"]
        self.run("javac", *options, *sources, *generated)

    def command(self) -> list[str]:
        return ["java", "-cp", f"{self._folder / f'out-{self.kind}'}:{self.jars}", self.program]


class Axis(JaxWs):
    """Java with Axis 1.4, whose generated code knows the SOAP 1.1 port only."""

    kind = "axis"
    program = "Axis"
    jars = ":".join(
        f"/usr/share/java/{name}.jar"
        for name in ("axis", "axis-jaxrpc", "axis-saaj", "wsdl4j", "commons-discovery", "commons-logging",
                     "javax.activation", "javax.mail")
    )  # fmt: skip

    def generate(self, served: Path) -> None:
        self.run(
            "java", "-cp", self.jars, "org.apache.axis.wsdl.WSDL2Java", "-o", ".", "-p", "kaysis_axis", str(served)
        )
        self.compile("kaysis_axis")


def php(wsdl: Path, version: int) -> Program:
    return Program("php", ["php", str(HERE / "php" / "call.php")], wsdl, version)


def ruby(wsdl: Path, version: int) -> Program:
    """What Savon sends and reads; Savon itself is not in Debian."""
    return Program("ruby", ["ruby", str(HERE / "ruby" / "call.rb")], wsdl, version)


def node(wsdl: Path, version: int, folder: Path) -> Program:
    """Node's ``soap``, installed once into ``folder``."""
    if not (folder / "node_modules" / "soap").exists():
        for name in ("package.json", "call.js"):
            shutil.copy(HERE / "node" / name, folder / name)
        command = ["npm", "install", "--no-audit", "--no-fund", "--no-package-lock", "--loglevel=error"]
        run = subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=300)
        assert run.returncode == 0, run.stderr
    # Dates without a zone are the machine's local time to Node; in UTC they come out as they went in.
    return Program("node", ["node", str(folder / "call.js")], wsdl, version, TZ="UTC")


if __name__ == "__main__":
    print(shapes(Path(sys.argv[1])).operations)
