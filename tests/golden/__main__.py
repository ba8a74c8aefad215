"""Renew the golden results on purpose: ``python3 -m tests.golden [scenario ...]``."""

import sys

from experiments.environment import ensure


def main() -> "int":
    """Run the scenarios, say what changed, and write it."""
    names = [name for name in sys.argv[1:] if not name.startswith("-")]
    ensure("tests.golden", extras=("dev",))

    from sim.scenario import library
    from tests.golden.values import FOLDER, differences, results_of, store, stored

    unknown = sorted(set(names) - set(library()))
    if unknown:
        sys.stderr.write(f"There is no scenario {', '.join(unknown)}; known: {', '.join(library())}\n")
        return 2
    if not names:
        for path in FOLDER.glob("*.json"):
            if path.stem not in library():
                sys.stdout.write(f"{path.stem}: there is no such scenario any more; its file is removed\n")
                path.unlink()
    for name in names or library():
        old, new = stored(name), results_of(name)
        changes = None if old is None else differences(old, new)
        if changes != []:
            store(name, new)
        verdict = "new" if changes is None else f"{len(changes)} values changed" if changes else "unchanged"
        sys.stdout.write(f"{name}: {verdict}\n" + "".join(f"    {line}\n" for line in (changes or [])[:20]))
    return 0


if __name__ == "__main__":
    sys.exit(main())
