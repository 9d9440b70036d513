"""Short ways to write decision models for tests."""

from engine.dmn import Model, read_model

NAMESPACES = {
    "1.1": "http://www.omg.org/spec/DMN/20151101/dmn.xsd",
    "1.2": "http://www.omg.org/spec/DMN/20180521/MODEL/",
    "1.3": "https://www.omg.org/spec/DMN/20191111/MODEL/",
    "1.4": "https://www.omg.org/spec/DMN/20211108/MODEL/",
    "1.5": "https://www.omg.org/spec/DMN/20230324/MODEL/",
}


def definitions(body: str, namespace: str = "urn:test", version: str = "1.5") -> str:
    """A DMN file with these elements."""
    return f'<definitions xmlns="{NAMESPACES[version]}" id="d" name="d" namespace="{namespace}">{body}</definitions>'


def model(body: str, **options) -> Model:
    """The model of these elements."""
    return read_model(definitions(body), **options)


def literal(name: str, text: str, requires: str = "") -> str:
    """A decision of one literal expression."""
    return (
        f'<decision id="{name}" name="{name}"><variable name="{name}"/>{requires}'
        f"<literalExpression id='{name}_x'><text>{text}</text></literalExpression></decision>"
    )


def needs(kind: str, *ids: str) -> str:
    """Requirements of one kind: Decision, Input or Knowledge."""
    outer = "knowledgeRequirement" if kind == "Knowledge" else "informationRequirement"
    return "".join(f'<{outer}><required{kind} href="#{key}"/></{outer}>' for key in ids)


def table(policy: str, outputs: str, rules: list[tuple[str, ...]], aggregation: str = "") -> str:
    """A decision `t` by a table over the input `x`; a rule is its test and its outputs."""
    rows = "".join(
        f'<rule id="r{number}"><inputEntry><text>{test}</text></inputEntry>'
        + "".join(f"<outputEntry><text>{cell}</text></outputEntry>" for cell in cells)
        + "</rule>"
        for number, (test, *cells) in enumerate(rules, 1)
    )
    aggregated = f' aggregation="{aggregation}"' if aggregation else ""
    return (
        f'<decision id="t" name="t"><decisionTable id="tt" hitPolicy="{policy}"{aggregated}>'
        f"<input><inputExpression><text>x</text></inputExpression></input>{outputs}{rows}</decisionTable></decision>"
    )
