#!/usr/bin/env python3
"""What count.py must not lose: a case that failed, a process that died, one that was skipped."""
import os
import tempfile
import unittest

from count import cases

PROCESS = '<testsuites><testsuite name="A">{}</testsuite></testsuites>'
PASSED = '<testcase name="passes" classname="A" result="completed" time="0.5"/>'
FAILED = '<testcase name="fails" classname="A" result="completed" time="0.5"><failure message="1 is not 2"/></testcase>'
SKIPPED = '<testcase name="skips" classname="A" result="skipped" time="0"><skipped message=""/></testcase>'


class Count(unittest.TestCase):
    def counted(self, status, report=None):
        """Of one entry of ctest: its name is "entry", the report is what the process wrote, None when it wrote nothing."""
        with tempfile.TemporaryDirectory() as work:
            ctest_report = os.path.join(work, "ctest.xml")
            left_out = "<skipped message=''/>" if status == "notrun" else ""
            with open(ctest_report, "w", encoding="utf-8") as file:
                file.write(f'<testsuite><testcase name="entry" status="{status}" time="1">{left_out}</testcase></testsuite>')
            if report is not None:
                with open(os.path.join(work, "entry.xml"), "w", encoding="utf-8") as file:
                    file.write(PROCESS.format(report))
            return [(name, outcome) for name, outcome, _ in cases(ctest_report, work)]

    def test_each_case_of_a_process_counts(self):
        self.assertEqual(self.counted("run", PASSED + SKIPPED), [("A.passes", "passed"), ("A.skips", "skipped")])
        self.assertEqual(self.counted("fail", PASSED + FAILED), [("A.passes", "passed"), ("A.fails", "failed")])

    def test_a_process_that_died_is_a_failure(self):
        self.assertEqual(self.counted("fail"), [("entry", "failed")])

    def test_one_that_ended_badly_after_good_cases_too(self):
        self.assertEqual(self.counted("fail", PASSED), [("A.passes", "passed"), ("entry", "failed")])

    def test_what_is_no_program_of_googletest_counts_as_one(self):
        self.assertEqual(self.counted("run"), [("entry", "passed")])
        self.assertEqual(self.counted("notrun"), [("entry", "skipped")])


if __name__ == "__main__":
    unittest.main()
