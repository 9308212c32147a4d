#!/usr/bin/env python3
"""snippets.py finds out a page that says what does not come back: a check that cannot fail would be none."""
import contextlib
import io
import os
import tempfile
import unittest

import snippets


class Pages(unittest.TestCase):
    def failures(self, text):
        with tempfile.TemporaryDirectory() as work, contextlib.redirect_stdout(io.StringIO()):
            page = os.path.join(work, "page.md")
            with open(page, "w", encoding="utf-8") as file:
                file.write(text)
            before = os.getcwd()
            os.chdir(work)
            try:
                return snippets.run(page, [])
            finally:
                os.chdir(before)

    def page(self, snippet, language, expected):
        return f"# Title\n\n```sh\n{snippet}\n```\n\nSo:\n\n```{language}\n{expected}\n```\n"

    def test_what_is_said_is_what_comes_back(self):
        self.assertEqual(self.failures(self.page("echo one; echo two", "text", "one\ntwo")), 0)
        self.assertEqual(self.failures(self.page("echo one; echo two", "text", "one")), 1)
        self.assertEqual(self.failures(self.page("echo one", "text", "one\ntwo")), 1)
        self.assertEqual(self.failures(self.page("echo two", "text", "one")), 1)

    def test_a_placeholder_stands_for_something_in_its_line(self):
        self.assertEqual(self.failures(self.page("echo id 17 of x", "text", "id <n> of x")), 0)
        self.assertEqual(self.failures(self.page("echo id 17 of y", "text", "id <n> of x")), 1)
        self.assertEqual(self.failures(self.page("echo id of x", "text", "id <n> of x")), 1)

    def test_points_stand_for_any_lines(self):
        self.assertEqual(self.failures(self.page("seq 5", "text", "1\n...\n5")), 0)
        self.assertEqual(self.failures(self.page("seq 5", "text", "1\n...\n6")), 1)

    def test_json_is_compared_as_json(self):
        answer = "echo '{\"a\": [1, 2], \"b\": {\"c\": \"x-17\"}}'"
        self.assertEqual(self.failures(self.page(answer, "json", '{ "b": {"c": "x-<n>"},\n "a": [1, 2] }')), 0)
        self.assertEqual(self.failures(self.page(answer, "json", '{ "b": {"c": "y-<n>"}, "a": [1, 2] }')), 1)
        self.assertEqual(self.failures(self.page(answer, "json", '{ "b": <any>, "a": [1, "..."] }')), 0)
        self.assertEqual(self.failures(self.page(answer, "json", '{ "a": [1, 2] }')), 1)
        self.assertEqual(self.failures(self.page(answer, "json", '{ "a": [1, 2], "...": "..." }')), 0)
        self.assertEqual(self.failures(self.page(answer, "json", '{ "a": [1, 3], "...": "..." }')), 1)
        self.assertEqual(self.failures(self.page(answer, "json", '{ "a": [1], "b": <any> }')), 1)
        self.assertEqual(self.failures(self.page(answer, "json", '{ "a": [1, 2], "b": <any>, "c": <any> }')), 1)
        self.assertEqual(self.failures(self.page("echo 1", "json", "true")), 1)
        self.assertEqual(self.failures(self.page("echo 1; echo 2", "json", "1\n2")), 0)
        self.assertEqual(self.failures(self.page("echo 1; echo 2", "json", "1")), 1)

    def test_a_snippet_that_fails_is_a_failure(self):
        self.assertEqual(self.failures("```sh\nfalse\n```\n"), 1)
        self.assertEqual(self.failures("```sh\nfalse | cat\n```\n"), 1)
        self.assertEqual(self.failures("```sh\nfalse\n```\n\n```sh\ntrue\n```\n"), 1)
        self.assertEqual(self.failures("```sh\nfalse || echo refused\n```\n\n```text\nrefused\n```\n"), 0)

    def test_the_snippets_of_a_page_share_one_shell(self):
        self.assertEqual(self.failures("```sh\nX=17\nsay() { echo $X; }\n```\n\n```sh\nsay\n```\n\n```text\n17\n```\n"), 0)

    def test_a_block_that_nothing_checks_is_refused(self):
        for text in ("```text\nalone\n```\n", "```sh\ntrue\n```\n\n```text\n```\n\n```text\n```\n", "```python\n1\n```\n"):
            with self.assertRaises(SystemExit):
                self.failures(text)


if __name__ == "__main__":
    unittest.main(verbosity=0)
