from typing import Annotated, Literal, Optional, Union

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    RootModel,
    ValidationError,
    field_validator,
    model_validator,
)
from pydantic_core import InitErrorDetails, PydanticCustomError

from sim.problems import Place, ScenarioError
from sim.settings import apply_settings
from sim.text import use_language
from sim.toml_files import read
from sim.validation import problem_at, validate


class Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True, frozen=True, allow_inf_nan=False)


class Gamma(Strict):
    distribution: Literal["gamma"]
    mean: float = Field(gt=0)
    shape: float = 1.0


class Lognormal(Strict):
    distribution: Literal["lognormal"]
    median: float
    sigma: float = Field(ge=0, le=3)


Distribution = Annotated[Gamma | Lognormal, Field(discriminator="distribution")]


class Weeks(RootModel[list[Annotated[int, Field(ge=0)]]]):
    model_config = ConfigDict(strict=True)


class Levers(Strict):
    price: float = Field(gt=0)
    openness: Optional[Annotated[float, Field(ge=0, lt=1)]] = None  # noqa: UP045
    segments: list[str] = Field(default=[], min_length=1, max_length=2)


class Firm(Strict):
    name: str = Field(min_length=2, max_length=8)
    strategy: Literal["mass", "niche", "client_centred"] = "mass"
    levers: Levers


class Population(Strict):
    size: int = Field(5000, gt=0)
    purchase_rate: Union[float, Distribution] = 1.0  # noqa: UP007
    traits: dict[str, Distribution] = {}


class Event(Strict):
    week: int | Literal["end"]
    flags: tuple[bool, ...] = Field((), strict=False)
    delays: Weeks = Weeks([])

    @field_validator("week")
    @classmethod
    def is_even(cls, week):
        if week == 13:
            raise ValueError("thirteen is unlucky")
        if week == 17:
            raise PydanticCustomError("repeated_name", "unused", {"name": "N", "line": 9})
        if week == 19:
            raise PydanticCustomError("not_in_the_catalogue", "nineteen of {n}", {"n": 3})
        return week


class Scenario(Strict):
    schema_version: Literal[1] = 1
    horizon: int = Field(104, gt=0, multiple_of=2)
    quick: bool = False
    code: str = Field("S0", pattern="^S")
    population: Population = Population()
    firms: list[Firm] = Field(alias="firm")
    events: list[Event] = Field([], alias="event")

    @model_validator(mode="after")
    def events_in_time(self):
        late = [i for i, event in enumerate(self.events) if event.week == 999]
        if late:
            custom = PydanticCustomError("less_than", "unused", {"lt": 998})
            details = [InitErrorDetails(type=custom, loc=("event", i, "week"), input=999) for i in late]
            raise ValidationError.from_exception_data("Scenario", details)
        return self


FIRM = '[[firm]]\nname = "Nova"\n[firm.levers]\nprice = 9\n'


@pytest.fixture(autouse=True)
def in_folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    with use_language("en"):
        yield


def document(text):
    with open("a.toml", "w", encoding="utf-8") as stream:
        stream.write(text)
    return read("a.toml")


def problems(text, checks=()):
    with pytest.raises(ScenarioError) as raised:
        validate(document(text), Scenario, checks)
    return str(raised.value).splitlines()


def test_a_valid_document():
    text = FIRM.replace("[firm.levers]", 'strategy = "niche"\n[firm.levers]') + "[population]\npurchase_rate = 2\n"
    scenario = validate(document(text), Scenario)
    assert scenario.firms[0].strategy == "niche"
    assert scenario.firms[0].levers.price == 9.0
    assert scenario.population.purchase_rate == 2.0


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("horizon = 0", "1: horizon: must be greater than 0, not 0"),
        ("horizon = 3", "1: horizon: must be a multiple of 2, not 3"),
        ("horizon = 4.0", "1: horizon: must be a whole number, not 4.0"),
        ('horizon = "x"', '1: horizon: must be a whole number, not "x"'),
        ("horizon = true", "1: horizon: must be a whole number, not true"),
        ("horizon = nan", "1: horizon: must be a whole number, not nan"),
        ("horizon = 2024-01-02", "1: horizon: must be a whole number, not 2024-01-02"),
        ("horizon = [1]", "1: horizon: must be a whole number, not an array"),
        ("horizon.x = 1", "1: horizon: must be a whole number, not a table"),
        ("quick = 1", "1: quick: must be true or false, not 1"),
        ("code = 1", "1: code: must be a text in quotes, not 1"),
        ("code = 07:30:00", "1: code: must be a text in quotes, not 07:30:00"),
        ('code = "x"', '1: code: must match the pattern ^S, not "x"'),
        (f'code = "{"x" * 500}"', f'1: code: must match the pattern ^S, not "{"x" * 57}…"'),
        ("schema_version = 2", "1: schema_version: must be one of 1, not 2"),
        ("horizn = 3", "1: horizn: unknown key; did you mean 'horizon'?"),
        ("Horizon = 3", "1: Horizon: unknown key; did you mean 'horizon'?"),
        (
            "zzz = 3",
            "1: zzz: unknown key; known: schema_version, horizon, quick, code, population, firm, event",
        ),
        ("firms = 3", "1: firms: unknown key; did you mean 'firm'?"),
        ("population = 3", "1: population: must be a table, not 3"),
        ("[population]\nsizes = 3", "2: population.sizes: unknown key; did you mean 'size'?"),
        ("population.purchase_rate = -inf", "1: population.purchase_rate: must be a finite number, not -inf"),
        ("population.purchase_rate = true", "1: population.purchase_rate: must be a number, not true"),
        ('population.purchase_rate = "1"', '1: population.purchase_rate: must be a number, not "1"'),
        (
            'population.purchase_rate = { distribution = "gama", mean = 1 }',
            '1: population.purchase_rate.distribution: must be one of "gamma", "lognormal", not "gama"'
            "; did you mean 'gamma'?",
        ),
        (
            "[population]\n[population.purchase_rate]\nmean = 1",
            '2: population.purchase_rate.distribution: is missing; must be one of "gamma", "lognormal"',
        ),
        (
            '[population.traits]\n"a b" = { distribution = 3 }',
            '2: population.traits."a b".distribution: must be one of "gamma", "lognormal", not "3"',
        ),
        (
            '[population.traits]\ncare = { distribution = "lognormal",\tmedian = 1, sigma = 4.5 }',
            "2: population.traits.care.sigma: must be 3 or less, not 4.5",
        ),
        (
            '[population.traits.care]\ndistribution = "gamma"\nmaen = 1\nmean = 1',
            "3: population.traits.care.maen: unknown key; did you mean 'mean'?",
        ),
        (
            '[population.traits.care]\ndistribution = "lognormal"\nmedain = 1\nsigma = 1',
            [
                "1: population.traits.care.median: is missing and has no default",
                "3: population.traits.care.medain: unknown key; did you mean 'median'?",
            ],
        ),
        # A key with the name of a member of the union.
        (
            '[population.traits.gamma]\ndistribution = "gamma"\nmean = 1\nshape = "x"\ngamma = 1',
            [
                '4: population.traits.gamma.shape: must be a number, not "x"',
                "5: population.traits.gamma.gamma: unknown key; known: distribution, mean, shape",
            ],
        ),
        ("population.traits.care = 3", "1: population.traits.care: must be a table, not 3"),
        ("population.traits = [3]", "1: population.traits: must be a table, not an array"),
        ("event = 3", "1: event: must be an array, not 3"),
        ("event = [3]", "1: event.0: must be a table, not 3"),
        ("[[event]]\nweek = 1\n[[event]]\nwek = 3", [
            "3: event.1.week: is missing and has no default",
            "4: event.1.wek: unknown key; did you mean 'week'?",
        ]),
        ("[[event]]\nweek = 1.5", '2: event.0.week: must be one of "end", not 1.5'),
        ("[[event]]\nweek = 13", "2: event.0.week: thirteen is unlucky"),
        ("[[event]]\nweek = 17", '2: event.0.week: the name N is already used on line 9; names must differ'),
        ("[[event]]\nweek = 19", "2: event.0.week: nineteen of 3"),
        ("[[event]]\nweek = 1\n\n[[event]]\nweek = 999", None),
        ("[[event]]\nweek = 1\nflags = [true,\n3]", "4: event.0.flags.1: must be true or false, not 3"),
        ("[[event]]\nweek = 1\ndelays = [1,\n-1]", "4: event.0.delays.1: must be 0 or more, not -1"),
    ],
)  # fmt: skip
def test_mistakes(text, expected):
    if expected is None:
        assert problems(text + "\n" + FIRM) == ["a.toml:5: event.1.week: must be less than 998, not 999"]
        return
    expected = [expected] if isinstance(expected, str) else expected
    assert problems(text + "\n" + FIRM) == [f"a.toml:{line}" for line in expected]


@pytest.mark.parametrize(
    ("levers", "expected"),
    [
        ("price = -3", "5: firm.Nova.levers.price: must be greater than 0, not -3"),
        ("price = 1\nopenness = 1.0", "6: firm.Nova.levers.openness: must be less than 1, not 1.0"),
        ("price = 1\nopenness = -0.5", "6: firm.Nova.levers.openness: must be 0 or more, not -0.5"),
        ("price = 1\nsegments = []", "6: firm.Nova.levers.segments: must have 1 or more elements, not 0"),
        (
            'price = 1\nsegments = [\n"a", "b", "c"]',
            "6: firm.Nova.levers.segments: must have 2 or fewer elements",
        ),
        (
            'price = 1\nsegments = [\n"a", 2]',
            "7: firm.Nova.levers.segments.1: must be a text in quotes, not 2",
        ),
        ("", "4: firm.Nova.levers.price: is missing and has no default"),
        ("price = 1\n[firm.levers.x]", "6: firm.Nova.levers.x: unknown key"),
    ],
)
def test_mistakes_in_an_element_go_by_its_name(levers, expected):
    (line,) = problems(f'\n[[firm]]\nname = "Nova"\n[firm.levers]\n{levers}\n')
    assert line.startswith(f"a.toml:{expected}")


@pytest.mark.parametrize(
    ("firm", "expected"),
    [
        (
            'strategy = "nich"',
            'must be one of "mass", "niche", "client_centred", not "nich"; did you mean \'niche\'?',
        ),
        ('strategy = "zzz"', 'must be one of "mass", "niche", "client_centred", not "zzz"'),
        ('name = ""', 'must be a text of at least 2 characters, not ""'),
        ('name = "123456789"', 'must be a text of at most 8 characters, not "123456789"'),
        ("name = 3", "must be a text in quotes, not 3"),
    ],
)
def test_mistakes_in_texts_and_choices(firm, expected):
    name = "" if firm.startswith("name") else 'name = "Nova"\n'
    (line,) = problems(f"[[firm]]\n{name}levers.price = 1\n{firm}\n")
    assert line.split(": ", 2)[2] == expected


def test_an_empty_file():
    assert problems("") == ["a.toml:1: firm: is missing and has no default"]


def test_all_mistakes_at_once_in_the_order_of_the_lines():
    text = 'horizn = 1\n[[firm]]\n[firm.levers]\nprice = "x"\nfoo = 1\n[population]\nsize = 0\n'
    assert [line.split(":")[1] for line in problems(text)] == ["1", "2", "4", "5", "7"]


def test_a_problem_for_programs():
    with pytest.raises(ScenarioError) as raised:
        validate(document(FIRM.replace("9", "-3")), Scenario)
    (problem,) = raised.value.problems
    assert problem.place == Place("a.toml", 4)
    assert problem.key == "firm.Nova.levers.price"
    assert problem.value == -3
    assert problem.message == "must be greater than 0, not -3"


def test_mistakes_in_a_setting():
    changed = apply_settings(document(FIRM), ["firm.Nova.levers.price=-3", "firm.Nova.leavers.x=1"])
    with pytest.raises(ScenarioError) as raised:
        validate(changed, Scenario)
    assert str(raised.value).splitlines() == [
        "--set firm.Nova.levers.price: must be greater than 0, not -3",
        "--set firm.Nova.leavers: unknown key; did you mean 'levers'?",
    ]


def test_checks_run_together_once_the_fields_are_right():
    def first(scenario):
        for i, firm in enumerate(scenario.firms):
            yield ("firm", i, "levers", "price"), "document.less_than", {"lt": firm.name}

    def second(scenario):
        yield ("horizon",), "document.missing", {}

    two = FIRM + FIRM.replace("Nova", "Orba")
    assert problems(two, [second, first]) == [
        "a.toml:1: horizon: is missing and has no default",
        "a.toml:4: firm.Nova.levers.price: must be less than Nova, not 9",
        "a.toml:8: firm.Orba.levers.price: must be less than Orba, not 9",
    ]
    assert problems("horizon = 0\n" + two, [first]) == ["a.toml:1: horizon: must be greater than 0, not 0"]
    assert validate(document(two), Scenario, [lambda scenario: ()]).horizon == 104


def test_problem_at_takes_a_value_instead_of_the_one_written():
    problem = problem_at(document("a = 3"), ("a",), "document.less_than", lt=2, value="three")
    assert str(problem) == "a.toml:1: a: must be less than 2, not three"
    assert problem.value == 3


def test_in_french():
    with use_language("fr"):
        assert problems(
            'horizn = 1\nhorizon = 4.5\npopulation.purchase_rate = { distribution = "gama" }\n'
            '[[firm]]\nname = "Nova"\nstrategy = "nich"\nlevers = { price = -3, openness = nan }\n[[event]]\n'
        ) == [
            "a.toml:1: horizn: clé inconnue ; vouliez-vous dire « horizon » ?",
            "a.toml:2: horizon: doit être un nombre entier, et non 4.5",
            'a.toml:3: population.purchase_rate.distribution: doit être l\'un de "gamma", "lognormal",'
            ' et non "gama" ; vouliez-vous dire « gamma » ?',
            'a.toml:6: firm.Nova.strategy: doit être l\'un de "mass", "niche", "client_centred",'
            ' et non "nich" ; vouliez-vous dire « niche » ?',
            "a.toml:7: firm.Nova.levers.price: doit être supérieur à 0, et non -3",
            "a.toml:7: firm.Nova.levers.openness: doit être un nombre fini, et non nan",
            "a.toml:8: event.0.week: manque, et n'a pas de valeur par défaut",
        ]


scalars = st.sampled_from(
    ["1", "-1", "0.5", "nan", "inf", "true", '"gamma"', '"x"', "[]", "{}", "2024-01-01", "9" * 18, "[[], {}]"]
)
names = st.sampled_from(
    ["horizon", "quick", "firm", "event", "population", "traits", "levers", "price", "distribution", "mean",
     "gamma", "lognormal", "float", "week", "name", "purchase_rate", "segments", "x", '"[key]"', '""']
)  # fmt: skip
tables = st.recursive(
    scalars,
    lambda inner: (
        st.dictionaries(names, inner, max_size=3).map(
            lambda table: "{" + ", ".join(f"{key} = {value}" for key, value in table.items()) + "}"
        )
        | st.lists(inner, max_size=2).map(lambda array: "[" + ", ".join(array) + "]")
    ),
    max_leaves=15,
)


@given(st.dictionaries(names, tables, max_size=5))
@settings(max_examples=400, deadline=None)
def test_any_content_gives_a_model_or_problems_on_the_line_of_its_key(content):
    written = "".join(f"{key} = {value}\n" for key, value in content.items())
    first_keys = [key.strip('"') for key in content]
    for problem in problems_of(written):
        top = problem.key.split(".")[0].strip('"')
        assert problem.place.line == (first_keys.index(top) + 1 if top in first_keys else 1), problem


def problems_of(text):
    """All problems of a text; none if it is valid."""
    try:
        validate(document(text), Scenario)
    except ScenarioError as error:
        return error.problems
    return ()
