"""How pages call and write the variables of a package."""

from engine.packages import read_files
from engine.service.definitions import Compiled
from tests.web.pages.small_loan import FILES
from web.pages.vocabulary import Vocabulary


def test_a_text_that_the_package_translates_is_shown_translated_wherever_it_came_from():
    read = read_files({name: content.encode() for name, content in FILES.items()}, "small_loans")
    definition = Compiled(read, "small_loan")
    assert Vocabulary(definition, "en").figure("product_name", "小额贷款") == "Small loan"
    assert Vocabulary(definition, "zh").figure("product_name", "小额贷款") == "小额贷款"
    assert Vocabulary(definition, "en").figure("product_name", "别的产品") == "别的产品"
