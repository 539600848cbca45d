"""docs/costs.md: every cost follows from its row, every total from its table, and counts match the template."""

import ast
import operator
import re
from collections.abc import Callable
from typing import NamedTuple

import pytest

from tests.support.template import TEMPLATE, Deployment, read_template

TEXT = (TEMPLATE.parent / "docs" / "costs.md").read_text()
OPERATORS: dict[type[ast.operator], Callable[[float, float], float]] = {
    ast.Add: operator.add,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
}


class Row(NamedTuple):
    """One line of a table: what it is for, how much of it, at which price, and what that costs."""

    item: str
    quantity: str
    price: str
    cost: str


def _tables() -> dict[str, list[Row]]:
    """All rows by the heading above them, without heads."""
    found = {}
    for section in TEXT.split("\n## ")[1:]:
        lines = re.findall(r"^\| (.+) \|$", section, re.MULTILINE)[1:]
        found[section.partition("\n")[0]] = [Row(*(cell.strip() for cell in line.split("|"))) for line in lines]
    return found


TABLES = _tables()
ROWS = [row for rows in TABLES.values() for row in rows if row.quantity]


def value_of(formula: str) -> float:
    """What a formula of numbers, sums, products, quotients and brackets comes to."""

    def of(node: ast.expr) -> float:
        match node:
            case ast.BinOp(left, operation, right):
                return OPERATORS[type(operation)](of(left), of(right))
            case ast.Constant(int() | float() as number):
                return float(number)
        raise AssertionError(ast.dump(node))

    return of(ast.parse(formula.replace("\N{MULTIPLICATION SIGN}", "*").replace(",", ""), mode="eval").body)


def _total(table: str) -> float:
    (total,) = [row.cost for row in TABLES[table] if row.item == "**Total**"]
    return float(total.strip("*"))


def test_there_are_the_tables_of_an_idle_and_of_a_busy_month() -> None:
    assert list(TABLES) == ["An idle month", "A busy month", "What a choice adds"]
    assert len(ROWS) > 20


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.item)
def test_a_cost_is_its_quantity_at_its_price(row: Row) -> None:
    assert float(row.cost) == pytest.approx(value_of(row.quantity) * value_of(row.price), abs=0.005)


@pytest.mark.parametrize("table", ["An idle month", "A busy month"])
def test_a_total_is_the_sum_of_its_costs(table: str) -> None:
    costs = [float(row.cost) for row in TABLES[table] if row.quantity]
    assert _total(table) == pytest.approx(sum(costs))


def test_a_busy_month_costs_what_an_idle_one_costs_and_more() -> None:
    (idle,) = [row for row in TABLES["A busy month"] if row.item == "What the idle stack costs"]
    assert float(idle.cost) == _total("An idle month")


def test_secrets_and_alarms_are_as_many_as_in_the_template() -> None:
    deployment = Deployment(read_template(), RingCentralClientId="sample")
    alarms = [alarm for _, alarm in deployment.of_type("AWS::CloudWatch::Alarm")]
    metrics = sum(max(1, sum("MetricStat" in each for each in alarm.get("Metrics", []))) for alarm in alarms)
    counted = {row.item.partition(":")[2].strip(): row.quantity for row in TABLES["An idle month"]}
    assert counted["secrets"] == str(len(list(deployment.of_type("AWS::SecretsManager::Secret"))))
    assert counted["metrics under alarm"] == str(metrics)
