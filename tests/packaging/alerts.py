#!/usr/bin/python3
"""Each alert of the example list asks for a metric that the portal really has, and has a heading in the operator's page; each
heading under "Alerts" is one of the list. usage: alerts.py RULES PAGE METRICS    METRICS: what /metrics said"""
import re
import sys

OURS, OF_PROMETHEUS = r"\bcbmx_\w+", {"up"}


def text(path):
    with open(path, encoding="utf-8") as file:
        return file.read()


def faults(rules, page, metrics):
    known = set(re.findall(r"^(cbmx_\w+)[ {]", metrics, re.M))
    alerts = re.findall(r"- alert: (\w+)\n\s+expr: (.+)", rules)
    section = re.search(r"^## Alerts$(.*?)(?=^## |\Z)", page, re.M | re.S)
    headings = re.findall(r"^### (\w+)$", section[1] if section else "", re.M)
    if len(alerts) < 5 or len(alerts) != rules.count("alert:"):
        yield "the rules cannot be read"
    for name, expression in alerts:
        asked = re.findall(OURS, expression)
        yield from (f"{name}: the portal has no metric {metric}" for metric in asked if metric not in known)
        if not asked and not OF_PROMETHEUS & set(re.findall(r"\w+", expression)):
            yield f"{name}: it asks for no metric"
        if headings.count(name) != 1:
            yield f"{name}: the operator's page has no heading for it"
    yield from (f"{heading}: the page explains it, the rules have it not" for heading in headings if heading not in dict(alerts))


if __name__ == "__main__":
    found = list(faults(*map(text, sys.argv[1:4])))
    print("\n".join(found) or "every alert has its metric and its explanation")
    sys.exit(1 if found else 0)
