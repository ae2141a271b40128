#!/usr/bin/env python3
"""compare.py: generated modules on our engine and on peers; says where results or traps differ.

    compare.py wasmtime SEED COUNT      needs the wasmtime module (pip install wasmtime); thousands of modules a minute
    compare.py wasmkit SEED COUNT       needs the toolchain's wasmkit in PATH; a process for each call
    compare.py wasmtime|wasmkit FILE.wasm...

The tool is .build/release/FuzzTool (swift build -c release), else $FUZZ_TOOL. Modules that differ stay in ./differences.
"""

import os
import re
import shutil
import struct
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
TOOL = os.environ.get("FUZZ_TOOL", os.path.join(HERE, ".build/release/FuzzTool"))
BATCH = 250


def float_text(kind, value):
    if value != value:
        return f"{kind}:nan"
    packed = struct.pack("<f" if kind == "f32" else "<d", value)
    return f"{kind}:{int.from_bytes(packed, 'little')}"


class Wasmtime:
    """All modules in this process. Its code makes NaNs canonical, as ours does."""

    is_portable = False
    is_fresh = False

    def __init__(self):
        import wasmtime

        self.api = wasmtime
        config = wasmtime.Config()
        config.cranelift_nan_canonicalization = True
        config.wasm_multi_memory = config.wasm_memory64 = config.wasm_tail_call = True
        config.cranelift_opt_level = "none"
        self.engine = wasmtime.Engine(config)
        code = wasmtime.TrapCode
        self.kinds = {
            code.UNREACHABLE: "unreachable", code.INTEGER_DIVISION_BY_ZERO: "division",
            code.INTEGER_OVERFLOW: "overflow", code.BAD_CONVERSION_TO_INTEGER: "conversion",
            code.MEMORY_OUT_OF_BOUNDS: "memory", code.TABLE_OUT_OF_BOUNDS: "table",
            code.INDIRECT_CALL_TO_NULL: "null", code.BAD_SIGNATURE: "signature", code.STACK_OVERFLOW: "stack",
        }

    def report(self, path):
        with open(path, "rb") as file:
            module = self.api.Module(self.engine, file.read())
        store = self.api.Store(self.engine)
        exports = self.api.Instance(store, module, []).exports(store)
        lines = []
        for item in module.exports:
            if not item.name.startswith("c"):
                continue
            types = [str(type) for type in item.type.results]
            try:
                values = exports[item.name](store)
                values = values if isinstance(values, list) else [values]
                lines.append(f"{item.name} " + " ".join(map(self.text, types, values)))
            except self.api.Trap as trap:
                lines.append(f"{item.name} trap {self.kinds.get(trap.trap_code, trap.trap_code)}")
        return lines

    @staticmethod
    def text(kind, value):
        if kind in ("f32", "f64"):
            return float_text(kind, value)
        return f"{kind}:{value & (0xFFFFFFFF if kind == 'i32' else 0xFFFFFFFFFFFFFFFF)}"


class WasmKit:
    """A process for each call, so each call has an instance of its own; NaNs are made canonical by the module."""

    is_portable = True
    is_fresh = True
    kinds = [
        ("unreachable", "unreachable"), ("divide by zero", "division"), ("integer overflow", "overflow"),
        ("invalid conversion", "conversion"), ("out of bounds memory", "memory"), ("out of bounds table", "table"),
        ("undefined element", "table"), ("uninitialized element", "null"), ("indirect call type", "signature"),
        ("type mismatch", "signature"), ("call stack", "stack"),
    ]

    def report(self, path):
        lines = []
        for index in range(4):
            done = subprocess.run(
                ["wasmkit", "run", path, f"c{index}"], capture_output=True, text=True, timeout=60)
            words = (done.stdout + done.stderr).strip()
            if "not found" in words or "no export" in words.lower():
                break
            lines.append(f"c{index} {self.text(words, done.returncode)}")
        return lines

    def text(self, words, status):
        if status != 0:
            return "trap " + next((kind for text, kind in self.kinds if text in words.lower()), words)
        return " ".join(self.value(kind, int(bits)) for kind, bits in re.findall(r"Value\.(\w+)\((\d+)\)", words))

    @staticmethod
    def value(kind, bits):
        mantissa, exponent = {"f32": (23, 0xFF), "f64": (52, 0x7FF)}.get(kind, (0, 0))
        if mantissa and bits >> mantissa & exponent == exponent and bits & ((1 << mantissa) - 1):
            return f"{kind}:nan"
        return f"{kind}:{bits}"


def ours(paths, is_fresh):
    command = [TOOL, "report"] + (["--fresh"] if is_fresh else []) + paths
    lines = {path: [] for path in paths}
    for line in subprocess.run(command, capture_output=True, text=True, check=True).stdout.splitlines():
        path, rest = line.split(" ", 1)
        lines[path].append(rest)
    return lines


def compare(peer, paths):
    """How many calls were compared, how many trapped, and how many modules differ."""
    mine = ours(paths, peer.is_fresh)
    calls = traps = differences = 0
    for path in paths:
        try:
            theirs = peer.report(path)
        except Exception as error:  # a peer that refuses or fails is a difference, too
            theirs = [f"failed: {error}"]
        calls += len(theirs)
        traps += sum(" trap " in line for line in theirs)
        if mine[path] == theirs:
            continue
        differences += 1
        os.makedirs("differences", exist_ok=True)
        shutil.copy(path, "differences")
        print(f"{os.path.basename(path)} differs")
        for a, b in zip(mine[path], theirs):
            if a != b:
                print(f"    ours   {a}\n    theirs {b}")
        if len(mine[path]) != len(theirs):
            print(f"    {len(mine[path])} calls, theirs {len(theirs)}: {theirs[-1:]}")
    return calls, traps, differences


def main():
    if len(sys.argv) < 3 or sys.argv[1] not in ("wasmtime", "wasmkit"):
        sys.exit(__doc__)
    peer = Wasmtime() if sys.argv[1] == "wasmtime" else WasmKit()
    totals = [0, 0, 0]
    if sys.argv[2].endswith(".wasm"):
        totals = compare(peer, sys.argv[2:])
        modules = len(sys.argv) - 2
    else:
        first, modules = int(sys.argv[2]), int(sys.argv[3])
        for start in range(first, first + modules, BATCH):
            count = min(BATCH, first + modules - start)
            with tempfile.TemporaryDirectory() as folder:
                options = ["--portable" if peer.is_portable else "--standard"]
                subprocess.run([TOOL, "generate", folder, str(start), str(count)] + options, check=True)
                paths = [os.path.join(folder, f"{seed}.wasm") for seed in range(start, start + count)]
                totals = [a + b for a, b in zip(totals, compare(peer, paths))]
    print(f"{modules} modules, {totals[0]} calls ({totals[1]} trapped), {totals[2]} modules differ")
    sys.exit(1 if totals[2] else 0)


if __name__ == "__main__":
    main()
