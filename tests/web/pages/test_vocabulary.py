"""How pages call and write the variables of a package."""

import json

from engine.packages import read_files
from engine.service.definitions import Compiled
from tests.web.pages.small_loan import FILES
from web.pages import form_texts
from web.pages.vocabulary import Vocabulary


def words(reader):
    files = {name: content.encode() for name, content in FILES.items()}
    more = "\n身份证: Identity card\n证件: Identity card\n住宅: Residence\n房屋: House\n"
    files["i18n/en.yaml"] += more.encode()
    return Vocabulary(Compiled(read_files(files, "small_loans"), "small_loan"), reader)


FORM = {
    "components": [
        {"type": "text", "text": "{{limits}}"},
        {"type": "text", "conditional": {"hide": '=kind != "房屋"'}},
        {"type": "textarea", "key": "opinion"},
        {"type": "dynamiclist", "path": "papers", "components": [
            {"type": "textfield", "key": "title", "readonly": True},
            {"type": "textfield", "key": "note"},
        ]},
    ]
}  # fmt: skip
HELD = {
    "limits": [{"label": "住宅", "limit": 70}],
    "kind": "房屋",
    "opinion": "住宅",
    "papers": [{"title": "身份证", "note": "身份证"}, {"title": "证件"}, {"title": "陈梅"}],
}


def test_what_a_form_only_shows_is_translated_and_what_is_written_in_it_is_not():
    told, back = form_texts.in_words(FORM, HELD, words("en"))
    assert told["limits"] == [{"label": "Residence", "limit": 70}]
    assert told["opinion"] == "住宅"
    assert told["papers"][0] == {"title": "Identity card", "note": "身份证"}
    assert back == {"title": {"Identity card": "身份证"}}, "by this the script sends the case's own text back"


def test_two_texts_of_one_translation_and_texts_that_expressions_compare_stay_as_they_are():
    told, _ = form_texts.in_words(FORM, HELD, words("en"))
    assert [paper["title"] for paper in told["papers"]] == ["Identity card", "证件", "陈梅"]
    assert told["kind"] == "房屋"


def test_a_chinese_reader_is_shown_what_the_case_holds():
    assert form_texts.in_words(FORM, HELD, words("zh")) == (HELD, {})


def test_a_text_that_the_package_translates_is_shown_translated_wherever_it_came_from():
    read = read_files({name: content.encode() for name, content in FILES.items()}, "small_loans")
    definition = Compiled(read, "small_loan")
    assert Vocabulary(definition, "en").figure("product_name", "小额贷款") == "Small loan"
    assert Vocabulary(definition, "zh").figure("product_name", "小额贷款") == "小额贷款"
    assert Vocabulary(definition, "en").figure("product_name", "别的产品") == "别的产品"


def test_rows_that_a_form_only_shows_are_in_the_readers_words():
    schema = {"components": [{"type": "table", "dataSource": "=rows"}]}
    told, _ = form_texts.in_words(schema, {"rows": [{"what": "小额贷款", "n": 2}, "陈梅"]}, words("en"))
    assert told == {"rows": [{"what": "Small loan", "n": 2}, "陈梅"]}


class Products:
    """A house with one product that is offered no more."""

    def __call__(self, *_asked):
        return []

    def label(self, _session, name, value, language):
        return {("products", "old", "zh"): "旧产品", ("products", "old", "en"): "Old product"}.get(
            (name, value, language)
        )


def test_what_was_chosen_of_a_list_of_the_house_is_called_as_the_house_calls_it(app, lending):
    lending.choices = Products()
    form = {"components": [{"type": "select", "key": "product", "label": "产品", "valuesKey": "products"}]}
    files = {name: content.encode() for name, content in FILES.items()} | {"forms/more.form": json.dumps(form).encode()}
    definition = Compiled(read_files(files, "small_loans"), "small_loan")
    with app.test_request_context():
        assert Vocabulary(definition, "zh").value("product", "old") == "旧产品"
        assert Vocabulary(definition, "en").value("product", "old") == "Old product"
        assert Vocabulary(definition, "en").value("product", "unheard_of") == "unheard_of"


def test_of_rows_only_what_people_fill_in_is_told():
    files = {name: content.encode() for name, content in FILES.items()} | {"forms/more.form": json.dumps(FORM).encode()}
    words = Vocabulary(Compiled(read_files(files, "small_loans"), "small_loan"), "zh")
    rows = [{"title": "身份证", "kind": "identity", "note": "已核"}]
    assert words.value("papers", rows) == "title 身份证，note 已核"
    assert words.value("no_such_field", rows) == "title 身份证，kind identity，note 已核"


def test_codes_that_no_form_offers_are_called_as_the_package_says():
    files = {name: content.encode() for name, content in FILES.items()}
    files["package.yaml"] += "\nvalues: {own: {zh: 自主支付, en: Own payment}, only: {zh: 只有中文}}\n".encode()
    definition = Compiled(read_files(files, "small_loans"), "small_loan")
    assert Vocabulary(definition, "zh").value("kind_of_payment", "own") == "自主支付"
    assert Vocabulary(definition, "en").value("kind_of_payment", "own") == "Own payment"
    assert Vocabulary(definition, "en").value("kind_of_payment", "only") == "only"


def test_a_name_behind_a_colon_stays_where_the_text_before_it_is_translated():
    files = {name: content.encode() for name, content in FILES.items()}
    files["i18n/en.yaml"] = files.get("i18n/en.yaml", b"") + '\n"保证人收入证明": "Income of the guarantor"\n'.encode()
    definition = Compiled(read_files(files, "small_loans"), "small_loan")
    assert Vocabulary(definition, "en").text("保证人收入证明：刘强") == "Income of the guarantor: 刘强"
    assert Vocabulary(definition, "zh").text("保证人收入证明：刘强") == "保证人收入证明：刘强"
    assert Vocabulary(definition, "en").text("未译：刘强") == "未译：刘强"
