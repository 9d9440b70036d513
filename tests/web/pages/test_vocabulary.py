"""How pages call and write the variables of a package."""

from engine.packages import read_files
from engine.service.definitions import Compiled
from tests.web.pages.small_loan import FILES
from web.pages.form_texts import with_figures
from web.pages.vocabulary import Vocabulary


def test_a_text_that_the_package_translates_is_shown_translated_wherever_it_came_from():
    read = read_files({name: content.encode() for name, content in FILES.items()}, "small_loans")
    definition = Compiled(read, "small_loan")
    assert Vocabulary(definition, "en").figure("product_name", "小额贷款") == "Small loan"
    assert Vocabulary(definition, "zh").figure("product_name", "小额贷款") == "小额贷款"
    assert Vocabulary(definition, "en").figure("product_name", "别的产品") == "别的产品"


def test_rows_that_a_form_only_shows_are_in_the_readers_words():
    read = read_files({name: content.encode() for name, content in FILES.items()}, "small_loans")
    words = Vocabulary(Compiled(read, "small_loan"), "en")
    schema = {"components": [{"type": "table", "dataSource": "=rows"}, {"type": "table", "dataSource": "=other(rows)"}]}
    drawn, shown = with_figures(schema, {"rows": [{"what": "小额贷款", "n": 2}, "小额贷款"]}, words)
    assert [table["dataSource"] for table in drawn["components"]] == ["=loanflow_shown.rows", "=other(rows)"]
    assert shown == {"loanflow_shown": {"rows": [{"what": "Small loan", "n": 2}, "小额贷款"]}}
