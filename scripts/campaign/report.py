"""What the campaign found, as a table and a list."""

from dataclasses import dataclass, field


@dataclass
class Found:
    """Faults that are alike."""

    detail: str
    case: str
    folder: str
    count: int = 0


@dataclass
class Tally:
    """The cases of a kind: how many survived, and the faults by what they are."""

    title: str
    survived: int = 0
    faults: dict = field(default_factory=dict)
    skipped: dict = field(default_factory=dict)

    def survive(self):
        self.survived += 1

    def skip(self, reason):
        self.skipped[reason] = self.skipped.get(reason, 0) + 1

    def add(self, fault, case):
        """Counts a fault; returns how many like it there are now."""
        found = self.faults.setdefault(
            fault.what, Found(fault.detail, case.name, str(case.folder)))
        found.count += 1
        return found.count

    @property
    def fault_count(self):
        return sum(found.count for found in self.faults.values())


def text(tallies, seed, program):
    """The table of kinds, what was skipped, and how each fault is had again."""
    lines = [f"{'kind':34} {'tried':>8} {'survived':>9} {'faults':>7}"]
    for tally in tallies.values():
        tried = tally.survived + tally.fault_count
        lines.append(f"{tally.title:34} {tried:8} {tally.survived:9} {tally.fault_count:7}")
    for tally in tallies.values():
        for reason, count in tally.skipped.items():
            lines.append(f"skipped {count} of {tally.title}: {reason}")
    for tally in tallies.values():
        for what, found in sorted(tally.faults.items()):
            lines += [
                "",
                f"{found.count} x {what}",
                f"    {found.detail}",
                f"    again: scripts/chaos --seed {seed} --case {found.case} --program {program}",
                f"    kept:  {found.folder}",
            ]
    return "\n".join(lines)
