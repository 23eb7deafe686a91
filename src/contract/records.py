"""Named tuples that cost a cold start a tenth of what typing's cost it.

typing.NamedTuple compiles a constructor for each class, in every process that defines one. To a type checker a Record
is such a NamedTuple; at run time its fields cannot be set either, and it compares, orders, unpacks and copies as one.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from typing import Any, NoReturn, Self
    from typing import NamedTuple as Record
else:
    from operator import itemgetter

    class Record(tuple):
        """The annotated names of the subclass are its fields, in that order; those with a default come last.

        The constructor raises TypeError for fields that are missing, unknown or given twice.
        """

        _fields: tuple[str, ...] = ()
        _defaults: tuple[Any, ...] = ()

        def __init_subclass__(cls) -> None:
            if Record not in cls.__bases__:
                return  # It has the fields of the record that it extends, as with NamedTuple.
            cls._fields = cls.__match_args__ = tuple(cls.__annotations__)
            cls._defaults = tuple(vars(cls)[name] for name in cls._fields if name in vars(cls))
            for place, name in enumerate(cls._fields):
                setattr(cls, name, property(itemgetter(place)))

        def __new__(cls, *values: Any, **named: Any) -> Self:
            absent = len(cls._fields) - len(values)
            if named:
                values += cls._in_order(cls._fields[len(values) :], named)
            elif absent:
                values += cls._defaults[-absent:]
            if len(values) != len(cls._fields):
                raise TypeError(f"{cls.__name__} takes {', '.join(cls._fields)}")
            return tuple.__new__(cls, values)

        @classmethod
        def _in_order(cls, fields: tuple[str, ...], named: dict[str, Any]) -> tuple[Any, ...]:
            given = named
            if len(named) < len(fields):
                given = {**dict(zip(reversed(fields), reversed(cls._defaults), strict=False)), **named}
            if unknown := sorted(given.keys() - fields):
                raise TypeError(f"{cls.__name__} has no field, or has a value already, for {', '.join(unknown)}")
            return tuple([given[name] for name in fields if name in given])

        def _asdict(self) -> dict[str, Any]:
            return dict(zip(self._fields, self, strict=True))

        def _replace(self, **changes: Any) -> Self:
            return type(self)(**{**self._asdict(), **changes})

        def __getnewargs__(self) -> tuple[Any, ...]:
            return tuple(self)

        def __setattr__(self, name: str, value: object) -> NoReturn:
            raise AttributeError(f"{type(self).__name__} is immutable")

        def __repr__(self) -> str:
            return f"{type(self).__name__}({', '.join(f'{name}={value!r}' for name, value in self._asdict().items())})"


__all__ = ["Record"]
