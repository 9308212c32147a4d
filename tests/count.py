#!/usr/bin/env python3
"""What came of a run of ctest, case by case. ctest knows a program of GoogleTest as a few processes (tests/CMakeLists.txt); what each
case did stands in the report that the process wrote. A process that failed without a failed case, or wrote no report, is one failure.

usage: count.py CTEST_REPORT RESULTS SLOWEST    CTEST_REPORT: what ctest --output-junit wrote; RESULTS: the folder of the processes' own
Prints "PASSED FAILED SKIPPED", then the name of each failure; SLOWEST gets a line "SECONDS NAME" for each case.
"""
import os
import sys
import xml.etree.ElementTree as xml


def cases_of(report):
    """(name, outcome, seconds) of each case of one process."""
    for case in xml.parse(report).getroot().iter("testcase"):
        outcome = "failed" if case.find("failure") is not None else "skipped" if case.get("result") in ("skipped", "suppressed") else "passed"
        yield f"{case.get('classname')}.{case.get('name')}", outcome, float(case.get("time", 0))


def cases(ctest_report, results):
    for entry in xml.parse(ctest_report).getroot().iter("testcase"):
        name, seconds = entry.get("name"), float(entry.get("time", 0))
        outcome = "skipped" if entry.find("skipped") is not None else "passed" if entry.get("status") == "run" else "failed"
        report = os.path.join(results, name + ".xml")
        inside = list(cases_of(report)) if os.path.exists(report) else []
        yield from inside
        if not inside or (outcome == "failed" and all(result != "failed" for _, result, _ in inside)):
            yield name, outcome, seconds


def main():
    ctest_report, results, slowest = sys.argv[1:]
    counts, failed = {"passed": 0, "failed": 0, "skipped": 0}, []
    with open(slowest, "a", encoding="utf-8") as file:
        for name, outcome, seconds in cases(ctest_report, results):
            counts[outcome] += 1
            file.write(f"{seconds:.1f} {name}\n")
            if outcome == "failed":
                failed.append(name)
    print(counts["passed"], counts["failed"], counts["skipped"])
    print("\n".join(failed))


if __name__ == "__main__":
    main()
