# Values of the standard library that have to survive the way.
# %%
import datetime, decimal, fractions, pathlib, re, uuid, random, types, string, ipaddress, operator, collections, struct
vals = [datetime.datetime(2024, 1, 2, tzinfo=datetime.timezone.utc), datetime.timedelta(3), decimal.Decimal('1.10'), fractions.Fraction(1, 3),
        pathlib.Path('a/b'), re.compile('x+', re.I), uuid.UUID(int=5), range(3), slice(1, 2), 3 + 4j, b'\x00', frozenset([1]), types.SimpleNamespace(a=1),
        string.Template('$x'), ipaddress.ip_address('1.2.3.4'), struct.Struct('i').format, float('inf'), Ellipsis, NotImplemented]
types_ = [int, type(None), datetime.date, types.MappingProxyType]
proxy = types.MappingProxyType({'a': 1})
getter = operator.itemgetter(1)
rng = random.Random(5)
# %%
vals
# %%
types_, getter('abc'), rng.random()
# %%
rng.random(), rng.random()
