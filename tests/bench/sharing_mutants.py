"""Mutation testing of the sharing table: how many small faults in the rules do the tests notice?

    python -m tests.bench.sharing_mutants

Each mutant changes one thing in the source of the rules (a condition dropped, a comparison turned, a word exchanged for
its neighbour, "all" for "any", "always" for "never"); it is killed when a question is answered otherwise than by the
second statement (tests/kernel/sharing/statement.py), by the decision on one record or by the filter on a database's
(SQLite; PostgreSQL with TEST_DATABASE=postgresql). The survivors are printed, each with its line, to be looked at.
"""

import ast
import copy
import importlib
import os
import random
import sys
from collections.abc import Iterator
from types import ModuleType
from typing import Any

MODULES = ("conditions", "subject", "table", "decision")
PACKAGE = "kakehashi.kernel.sharing"
NEIGHBOURS = {
    "NETWORK": "DOMESTIC",
    "DOMESTIC": "ABROAD",
    "ABROAD": "NETWORK",
    "RESTRICTED": "CONTROLLED",
    "OPEN": "CONTROLLED",
    "PUBLIC": "PRIVATE",
    "PUBLIC_HEALTH": "RESEARCH",
    "CARE": "PUBLIC_HEALTH",
    "MATCHING": "CARE",
    "RESEARCH": "CARE",
    "OVERSIGHT": "PUBLIC_HEALTH",
    "AT_LEAST": "IS",
    "IS": "IS_NOT",
    "IS_NOT": "IS",
    "BY": "NONE_OR_BY",
    "NONE_OR_BY": "BY",
    "NONE_OR_FROM": "NONE_OR_BY",
}
SWAPS = {"all_of": "any_of", "any_of": "all_of", "ALWAYS": "NEVER", "NEVER": "ALWAYS", "all": "any", "any": "all"}
FIELDS = {
    "reads": "compatriots",
    "partners": "compatriots",
    "compatriots": "partners",
    "joined": "granted",
    "granted": "joined",
}
COMPARED = {
    ast.LtE: ast.Lt,
    ast.GtE: ast.Gt,
    ast.Eq: ast.NotEq,
    ast.NotEq: ast.Eq,
    ast.In: ast.NotIn,
    ast.Is: ast.IsNot,
}
COMPARED |= {ast.IsNot: ast.Is}


def mutated_nodes(node: ast.AST) -> Iterator[ast.AST]:
    """What one node may be exchanged for; the copies are changed, never the node."""
    if isinstance(node, ast.Attribute) and node.attr in NEIGHBOURS:
        yield ast.Attribute(node.value, NEIGHBOURS[node.attr], node.ctx)
    if isinstance(node, ast.Attribute) and node.attr in FIELDS:
        yield ast.Attribute(node.value, FIELDS[node.attr], node.ctx)
    if isinstance(node, ast.Name) and node.id in SWAPS and isinstance(node.ctx, ast.Load):
        yield ast.Name(SWAPS[node.id], node.ctx)
    if isinstance(node, ast.Compare) and type(node.ops[0]) in COMPARED:
        yield ast.Compare(node.left, [COMPARED[type(node.ops[0])](), *node.ops[1:]], node.comparators)
    if isinstance(node, ast.BoolOp):
        for dropped in range(len(node.values)):
            rest = node.values[:dropped] + node.values[dropped + 1 :]
            yield rest[0] if len(rest) == 1 else ast.BoolOp(node.op, rest)
        yield ast.BoolOp(ast.And() if isinstance(node.op, ast.Or) else ast.Or(), node.values)
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not):
        yield node.operand
    if isinstance(node, ast.Constant) and isinstance(node.value, bool):
        yield ast.Constant(not node.value)
    if isinstance(node, ast.Tuple | ast.Set) and len(node.elts) > 1:
        for dropped in range(len(node.elts)):
            yield type(node)(elts=node.elts[:dropped] + node.elts[dropped + 1 :], **_ctx(node))
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in ("all_of", "any_of"):
        for dropped in range(len(node.args)):
            yield ast.Call(node.func, node.args[:dropped] + node.args[dropped + 1 :], [])


def _ctx(node: ast.AST) -> dict[str, ast.AST]:
    return {"ctx": node.ctx} if isinstance(node, ast.Tuple) else {}


def counted(tree: ast.AST) -> list[ast.AST]:
    """The nodes that a fault may sit in: annotations, imports and the other database's half are left alone."""
    other = "as_sqlite" if os.environ.get("TEST_DATABASE") == "postgresql" else "as_postgresql"
    left_alone: set[int] = set()
    for node in ast.walk(tree):
        parts: list[ast.AST] = []
        if (isinstance(node, ast.arg) and node.annotation is not None) or isinstance(node, ast.AnnAssign):
            parts = [node.annotation]
        elif isinstance(node, ast.FunctionDef):
            parts = ([node.returns] if node.returns else []) + node.decorator_list
            if node.name == other:
                parts = [node]
        elif isinstance(node, ast.ClassDef):
            parts = list(node.decorator_list)  # frozen, slots: no rule
        elif isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
            parts = [node] if node.targets[0].id in ("Test", "Step", "Text") else []  # names of types
        for part in parts:
            left_alone |= {id(one) for one in ast.walk(part)}
    return [node for node in ast.walk(tree) if id(node) not in left_alone]


def mutants(source: str) -> Iterator[tuple[int, str, ast.Module]]:
    """(line, what was changed, the changed module) for every single fault of a module's source."""
    tree = ast.parse(source)
    for number, node in enumerate(counted(tree)):
        for change, _ in enumerate(mutated_nodes(node)):
            changed = copy.deepcopy(tree)
            target = counted(changed)[number]
            wanted = list(mutated_nodes(target))[change]
            told = f"{ast.unparse(target)[:70]}  →  {ast.unparse(wanted)[:70]}".replace("\n", " ")
            yield getattr(node, "lineno", 0), told, ast.fix_missing_locations(_Exchange(target, wanted).visit(changed))


class _Exchange(ast.NodeTransformer):
    def __init__(self, old: ast.AST, new: ast.AST) -> None:
        self.old, self.new = old, new

    def visit(self, node: ast.AST) -> ast.AST:
        return self.new if node is self.old else super().generic_visit(node)


def loaded(name: str, tree: ast.Module) -> ModuleType:
    """The package's decision module with one of its modules replaced by a mutant."""
    for module in MODULES:
        sys.modules.pop(f"{PACKAGE}.{module}", None)
    package = sys.modules[PACKAGE]
    for module in MODULES:
        full = f"{PACKAGE}.{module}"
        if module == name:
            made = ModuleType(full)
            sys.modules[full] = made
            exec(compile(tree, full, "exec"), made.__dict__)
            setattr(package, module, made)
        else:
            importlib.import_module(full)
    return sys.modules[f"{PACKAGE}.decision"]


def killed(decision: ModuleType, trials: int) -> bool:
    """Whether some question is answered otherwise than the second statement answers it."""
    from kakehashi.kernel.sharing.states import Level
    from tests.kernel.sharing import statement, worlds
    from tests.kernel.sharing.test_conditions import reckons, refuses_other_purposes, says_nothing

    subject_module = sys.modules[f"{PACKAGE}.subject"]
    worlds.Subject, worlds.Context = subject_module.Subject, subject_module.Context
    worlds.GrantInForce = subject_module.GrantInForce
    if not reckons(sys.modules[f"{PACKAGE}.conditions"]) or not says_nothing(subject_module):
        return True
    if not refuses_other_purposes(decision, subject_module):
        return True
    draw = random.Random(99)
    for _ in range(trials):
        subject, purpose, context = worlds.random_question(draw, 3)
        for pk in range(1, 4):
            row = worlds.random_row(draw, pk)
            ask, record = worlds.plain_question(subject, purpose, context), worlds.plain(row)
            reached = 0
            for level in Level:
                against = statement.permitted(ask, record, int(level), context.day)
                verdict = decision.decide(subject, row, purpose, context, level)
                if verdict.allowed != (against is None) or (against is not None and set(verdict.codes) != against):
                    return True
                reached = int(level) if against is None else reached
            if decision.level_of(subject, row, purpose, context) != reached:
                return True
    return False


def killed_by_database(decision: ModuleType, rows: list[Any], questions: int = 60) -> bool:
    """Whether the filter finds other records of the database than the second statement permits."""
    from django.db import transaction

    from kakehashi.kernel.sharing.states import Level
    from tests.kernel.sharing import statement, worlds
    from tests.kernel.sharing.records.models import Record

    conditions = sys.modules[f"{PACKAGE}.conditions"]
    draw, few = random.Random(7), conditions.FEW
    plains = {row.pk: worlds.plain(row) for row in rows}
    for number in range(questions):
        conditions.FEW = few * (number % 2)  # many values are asked for in another way than few
        subject, purpose, context = worlds.random_question(draw, len(rows))
        ask = worlds.plain_question(subject, purpose, context)
        for level in Level:
            with transaction.atomic():  # a statement that fails must not spoil the next
                wanted = decision.visible_to(subject, purpose, context, worlds.KIND, level)
                found = set(Record.objects.filter(wanted).values_list("pk", flat=True))
            if found != {
                pk for pk, row in plains.items() if statement.permitted(ask, row, int(level), context.day) is None
            }:
                return True
    return False


def main(trials: int = 4_000) -> int:
    os.environ["DJANGO_SETTINGS_MODULE"] = "tests.settings"
    import django
    from django.test.utils import setup_databases, teardown_databases

    django.setup()
    kept = setup_databases(0, False)
    try:
        return hunted(trials)
    finally:
        teardown_databases(kept, 0)


def hunted(trials: int) -> int:
    """Make every mutant and try to kill it; returns how many live."""
    from tests.bench.sharing import filled

    rows = filled(200, 2026)
    package = importlib.import_module(PACKAGE)
    sound = importlib.import_module(f"{PACKAGE}.decision")
    assert not killed(sound, 200), "the table itself fails"
    assert not killed_by_database(sound, rows), "the filter itself fails"
    made, dead, survivors = 0, 0, []
    for name in MODULES:
        path = os.path.join(os.path.dirname(str(package.__file__)), f"{name}.py")
        with open(path, encoding="utf-8") as file:
            source = file.read()
        for line, told, tree in mutants(source):
            made += 1
            try:
                mutant = loaded(name, tree)
                caught = killed(mutant, trials) or killed_by_database(mutant, rows)
            except Exception:  # a mutant that cannot even run is noticed
                caught = True
            dead += caught
            if not caught:
                survivors.append(f"{name}.py:{line}: {told}")
    print(f"{made} mutants, {dead} killed ({100 * dead / made:.1f} %), {len(survivors)} survive:")
    print("\n".join(survivors))
    return made - dead


if __name__ == "__main__":
    main()
