"""The recipes of docs/drift.md: names of stored fields from Django, SQLAlchemy, pydantic and attrs.

The documentation shows these functions as they stand here, and its `py` blocks run.
"""

from __future__ import annotations

import inspect
import sys
from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING, Any

import attrs
import pytest
from test_docs import blocks

import ropa
from ropa.testing import assert_described, described

if TYPE_CHECKING:
    from django.db import models
    from pydantic import BaseModel
    from sqlalchemy import MetaData

DOC = Path(__file__).parents[1] / "docs" / "drift.md"


# -- the recipes -----------------------------------------------------------------------


def django_names(*found: type[models.Model]) -> set[str]:
    """Return model.field for every column of Django models."""
    return {f"{model._meta.model_name}.{field.name}" for model in found for field in model._meta.local_concrete_fields}


def sqlalchemy_names(metadata: MetaData) -> set[str]:
    """Return table.column for every column of SQLAlchemy tables and mapped classes."""
    return {f"{table.fullname}.{column.name}" for table in metadata.tables.values() for column in table.columns}


def pydantic_names(*found: type[BaseModel]) -> set[str]:
    """Return model.field for every field of pydantic models."""
    return {f"{model.__name__.lower()}.{name}" for model in found for name in model.model_fields}


def attrs_names(*found: type) -> set[str]:
    """Return class.field for every field of attrs classes."""
    return {f"{cls.__name__.lower()}.{field.name}" for cls in found for field in attrs.fields(cls)}


RECIPES: list[Callable[..., set[str]]] = [django_names, sqlalchemy_names, pydantic_names, attrs_names]
SHOWN = {"customer.id", "customer.name", "customer.email", "reading.customer", "reading.day", "reading.cubic_metres"}


# -- Django ----------------------------------------------------------------------------


@pytest.fixture(scope="module")
def django_models() -> ModuleType:
    """Django, set up without a project: no apps, no database."""
    django = pytest.importorskip("django")
    from django.conf import settings  # noqa: PLC0415  # only if it is there

    if not settings.configured:
        settings.configure(INSTALLED_APPS=[], DEFAULT_AUTO_FIELD="django.db.models.BigAutoField", USE_TZ=True)
        django.setup()
    from django.db import models  # noqa: PLC0415  # as above

    return models


def test_django(django_models: Any) -> None:
    class Person(django_models.Model):
        name = django_models.CharField(max_length=100)

        class Meta:
            app_label = "recipes"
            abstract = True

    class Customer(Person):
        email = django_models.EmailField(db_column="mail")
        friends = django_models.ManyToManyField("self")

        class Meta:
            app_label = "recipes"

    class Payer(Customer):
        account = django_models.CharField(max_length=34)

        class Meta:
            app_label = "recipes"

    class Shown(Customer):
        class Meta:
            app_label = "recipes"
            proxy = True

    class Reading(django_models.Model):
        customer = django_models.ForeignKey(Customer, on_delete=django_models.CASCADE)
        day = django_models.DateField()
        cubic_metres = django_models.DecimalField(max_digits=9, decimal_places=3)

        class Meta:
            app_label = "recipes"

    assert django_names(Customer, Reading) == SHOWN | {"reading.id"}
    assert django_names(Payer) == {"payer.customer_ptr", "payer.account"}, "of a child its own columns"
    assert django_names(Shown) == set(), "a proxy has none"
    assert django_names() == set()


# -- SQLAlchemy ------------------------------------------------------------------------


def test_sqlalchemy() -> None:
    pytest.importorskip("sqlalchemy")
    from sqlalchemy import Column, Date, ForeignKey, MetaData, Numeric, String, Table  # noqa: PLC0415  # only if it is there
    from sqlalchemy.orm import DeclarativeBase, mapped_column  # noqa: PLC0415  # as above

    class Base(DeclarativeBase):
        pass

    class Customer(Base):
        __tablename__ = "customer"
        id = mapped_column(Numeric, primary_key=True)
        name = mapped_column(String)
        mail = mapped_column("email", String)

    Table(
        "reading",
        Base.metadata,
        Column("customer", ForeignKey(Customer.id)),
        Column("day", Date),
        Column("cubic_metres", Numeric),
    )
    assert sqlalchemy_names(Base.metadata) == SHOWN
    assert sqlalchemy_names(MetaData()) == set()
    other = MetaData(schema="billing")
    Table("customer", other, Column("email"))
    assert sqlalchemy_names(other) == {"billing.customer.email"}


# -- pydantic --------------------------------------------------------------------------


def test_pydantic() -> None:
    pydantic = pytest.importorskip("pydantic")

    class Customer(pydantic.BaseModel):
        id: int
        name: str
        email: str = pydantic.Field(alias="mail")

    class Reading(pydantic.BaseModel):
        customer: int
        day: str
        cubic_metres: float

    class Payer(Customer):
        account: str

    assert pydantic_names(Customer, Reading) == SHOWN
    assert pydantic_names(Payer) == {"payer.id", "payer.name", "payer.email", "payer.account"}


# -- attrs -----------------------------------------------------------------------------


def test_attrs() -> None:
    @attrs.define
    class Customer:
        id: int
        name: str
        email: str
        total = 0

    @attrs.define
    class Reading:
        customer: int
        day: str
        cubic_metres: float

    assert attrs_names(Customer, Reading) == SHOWN


# -- with a register, and in the documentation -----------------------------------------


def test_names_of_a_recipe_and_a_register() -> None:
    @attrs.define
    class Customer:
        name: str
        email: str

    item = ropa.DataItem(name="E-mail", stored_as=("customer.email",))
    register = ropa.Register(name="Customers", data_categories=(ropa.DataCategory(name="Contact", items=(item,)),))
    record = ropa.Record(id="https://example.org/x", language="en", registers=(register,))
    assert_described(record, "customers", stored=attrs_names(Customer) - {"customer.name"})
    (line,) = described(record, "customers", stored=attrs_names(Customer))
    assert line.startswith("customer.name is stored, and customers does not say so.")


def shown(language: str) -> list[str]:
    return [block.body for block in blocks(DOC.read_text(encoding="utf-8")) if block.language == language]


@pytest.mark.parametrize("recipe", RECIPES, ids=lambda recipe: recipe.__name__)
def test_the_documentation_shows_the_recipe(recipe: Callable[..., set[str]]) -> None:
    source = inspect.getsource(recipe)
    assert sum(source in body for body in shown("py") + shown("python")) == 1


@pytest.mark.parametrize("package", ["django", "sqlalchemy", "pydantic"])
def test_the_block_of_the_documentation_runs(
    package: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest
) -> None:
    """The blocks of packages that may be missing; the others run with the documentation."""
    pytest.importorskip(package)
    if package == "django":
        request.getfixturevalue("django_models")
    (body,) = [body for body in shown("py") if f"from {package}" in body]
    files = {
        block.directive[1]: block.body
        for block in blocks(DOC.read_text(encoding="utf-8"))
        if block.directive and block.directive[0] == "file"
    }
    for name, text in files.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    module = ModuleType(f"recipe_{package}")  # Django asks a model for its module
    monkeypatch.setitem(sys.modules, module.__name__, module)
    exec(compile(body, DOC.name, "exec"), module.__dict__)  # noqa: S102  # the point of this test
