"""The tools mount without network, under the strict policy, without a word on the console (see fixture `watched`)."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import expect

from tests.browser.assets.conftest import Watched

pytestmark = pytest.mark.browser

FRONTEND = Path(__file__).parents[3] / "frontend"
DIST = Path(__file__).parents[3] / "web" / "static" / "dist"

SHOW = """async given => {
  window.chosen = [];
  window.shown = await LoanflowDiagram.show(document.getElementById('canvas'), {
    xml: given['loan.bpmn'],
    done: ['start', 'split', {element: 'investigate_a', who: '王俊', at: '03-23'}, 'investigate_b', 'join'],
    now: [{element: 'approve', who: '钱伟', since: '11:06'}], future: true,
    failed: [{element: 'disburse', message: '余额不足'}], flags: [{element: 'wait', text: '2', kind: 'warn'}],
    onSelect: element => window.chosen.push(element),
  });
}"""

MODEL = """async given => {
  window.found = [];
  window.model = await LoanflowModeler.open(document.getElementById('canvas'), {
    xml: given['loan.bpmn'], panel: document.getElementById('panel'), operations: ['loan.disburse', 'loan.close'],
    onLint: issues => { window.found = issues },
  });
}"""

HAND = '.djs-palette [data-action="hand-tool"]'

KEPT = [
    'loanflow:role="account_manager"',
    'loanflow:calendar="working"',
    'loanflow:calendar="natural"',
    'loanflow:duty="INV-1"',
    'loanflow:separateFrom="investigate_a"',
    'loanflow:sameAs="investigate_a"',
    'loanflow:recuse="true"',
    'loanflow:authority="approve_loan"',
    'loanflow:authorityOf="amount"',
    'loanflow:sealedUntil="investigate_b"',
    'loanflow:operation="loan.disburse"',
    'loanflow:payload="docs"',
    '<loanflow:correlation key="nr" value="${nr}" />',
    '<loanflow:escalation after="P1D" notify="dept_manager" />',
    '<loanflow:escalation after="P2D" reassign="dept_manager" />',
    'camunda:dueDate="P2D"',
    'loanflow:withdraw="false"',
    'loanflow:returnResume="between"',
    'loanflow:returnTo="investigate_b"',
    'loanflow:returnResume="back"',
    'loanflow:cosign="before"',
    'loanflow:withdraw="true"',
    'loanflow:transfer="false"',
    'loanflow:delegate="false"',
    'loanflow:pause="false"',
]

MOVES = ["可退回到", "退回后怎么走", "加签", "撤回", "转办", "委托", "停表"]

OFFERED = {
    "investigate_b": [
        *MOVES,
        "在贷款中的职能",
        "不能是办过这些步骤的人",
        "须是办过此步骤的人",
        "关系人回避",
        "需要的授权",
        "金额变量",
        "密封到",
        "计时",
        "操作",
        "职责编号",
    ],
    "loan": MOVES,
    "late": ["计时"],
    "wait": ["可写入的变量", "键", "值"],
    "disburse": ["操作", "职责编号"],
}

FORM = {
    "type": "default",
    "components": [
        {"type": "number", "key": "amount", "label": "金额", "validate": {"required": True, "max": 1000}},
        {
            "type": "select",
            "key": "opinion",
            "label": "意见",
            "validate": {"required": True},
            "values": [{"label": "同意", "value": "for"}, {"label": "反对", "value": "against"}],
        },
        {"type": "textfield", "key": "reason", "label": "理由", "conditional": {"hide": '=opinion = "for"'}},
        {"type": "datetime", "subtype": "date", "key": "day", "dateLabel": "还款日"},
        {"type": "expression", "key": "twice", "expression": "=amount * 2"},
        {"type": "taglist", "key": "papers", "label": "资料", "values": [{"label": "身份证", "value": "id"}]},
    ],
}

MOUNT = """async given => {
  window.sent = [];
  window.form = await LoanflowForm.mount(document.getElementById('canvas'), {
    schema: given.schema, data: given.data, words: given.words, readonly: given.readonly,
    onSubmit: data => window.sent.push(data),
  });
}"""


def _mount(watched: Watched, locale: str = "zh-CN", **given: Any) -> None:
    watched.tool("forms", locale)
    watched.run(MOUNT, schema=FORM, data=given.pop("data", {}), **given)


class TestViewer:
    def test_a_diagram_without_layout_is_laid_out_with_all_its_steps(self, watched: Watched) -> None:
        watched.tool("bpmn-viewer")
        watched.run(SHOW, "loan.bpmn")
        drawn = watched.page.evaluate("shown.viewer.get('elementRegistry').filter(e => e.parent).map(e => e.id)")
        assert {"start", "investigate_a", "investigate_b", "approve", "late", "disburse", "paid", "f1"} <= set(drawn)

    def test_where_the_case_stands_is_said_in_words_and_shapes(self, watched: Watched) -> None:
        page = watched.tool("bpmn-viewer")
        watched.run(SHOW, "loan.bpmn")
        assert page.locator(".lf-note-now").inner_text() == "钱伟 11:06"
        assert page.locator(".lf-note-done").inner_text() == "王俊 03-23"
        assert page.locator(".lf-note-failed").inner_text() == "余额不足"
        assert page.locator(".lf-badge-token .sr").text_content() == "现在这里"
        assert page.locator("[data-element-id=f6].lf-done").count() == 1
        assert page.locator("[data-element-id=f8].lf-done").count() == 0
        assert page.locator("[data-element-id=passed].lf-future").count() == 1
        assert page.locator("[data-element-id=approve].lf-future").count() == 0

    def test_pressing_a_step_tells_which(self, watched: Watched) -> None:
        page = watched.tool("bpmn-viewer")
        watched.run(SHOW, "loan.bpmn")
        page.locator("[data-element-id=approve] .djs-hit").first.click()
        assert page.evaluate("chosen") == [{"id": "approve", "name": "有权人审批", "type": "bpmn:UserTask"}]

    def test_pools_without_layout_are_stacked(self, watched: Watched) -> None:
        watched.tool("bpmn-viewer")
        boxes = watched.run(
            """async given => {
              const canvas = document.getElementById('canvas');
              const {viewer} = await LoanflowDiagram.show(canvas, {xml: given['pools.bpmn']});
              const shapes = viewer.get('elementRegistry');
              return ['pool_a', 'pool_b', 'a_task', 'b_task'].map(id => shapes.get(id))
                .map(({x, y, width, height}) => [x, y, x + width, y + height]);
            }""",
            "pools.bpmn",
        )
        pool_a, pool_b, a_task, b_task = boxes
        assert pool_a[3] < pool_b[1]
        for pool, task in ((pool_a, a_task), (pool_b, b_task)):
            assert pool[0] < task[0] < task[2] < pool[2]
            assert pool[1] < task[1] < task[3] < pool[3]

    def test_the_mark_of_bpmn_io_stays_visible(self, watched: Watched) -> None:
        page = watched.tool("bpmn-viewer")
        watched.run(SHOW, "loan.bpmn")
        mark = page.locator(".bjs-powered-by").bounding_box()
        buttons = page.locator(".zoom").bounding_box()
        assert mark
        assert buttons
        assert buttons["y"] + buttons["height"] <= mark["y"]

    def test_two_versions_are_compared_by_attribute(self, watched: Watched) -> None:
        watched.tool("bpmn-viewer")
        found = watched.run(
            """given => LoanflowDiagram.compare(given['loan.bpmn'], given['loan.bpmn']
                .replace('separateFrom="investigate_a"', 'separateFrom="start"'))""",
            "loan.bpmn",
        )
        assert found["added"] == found["removed"] == []
        changed = {item["id"]: item["attributes"] for item in found["changed"]}
        assert {"name": "separateFrom", "before": "investigate_a", "after": "start"} in changed["investigate_b"]


class TestModeler:
    def test_every_attribute_of_ours_survives_the_modeler(self, watched: Watched) -> None:
        watched.tool("bpmn-modeler")
        watched.run(MODEL, "loan.bpmn")
        written = watched.page.evaluate("model.xml()")
        for kept in KEPT:
            assert kept in written

    def test_rules_may_name_steps_of_other_diagrams(self, watched: Watched) -> None:
        page = watched.tool("bpmn-modeler")
        watched.run(
            """async given => { window.model = await LoanflowModeler.open(document.getElementById('canvas'),
                {xml: given['loan.bpmn'], panel: document.getElementById('panel'), steps: ['visit'], lint: false});
                model.select('investigate_b') }""",
            "loan.bpmn",
        )
        page.get_by_text("职责分离、回避与授权").click()
        field = page.get_by_label("不能是办过这些步骤的人")
        for words, written, refused in (("investigate_a visit", True, 0), ("nowhere", False, 1)):
            field.fill(words)
            field.blur()
            page.wait_for_function(
                '([words, written]) => model.xml().then(xml => xml.includes(`separateFrom="${words}"`) === written)',
                arg=[words, written],
            )
            expect(page.locator("#panel .bio-properties-panel-error").filter(has_text="nowhere")).to_have_count(refused)

    def test_the_panel_offers_our_attributes_in_chinese(self, watched: Watched) -> None:
        page = watched.tool("bpmn-modeler")
        watched.run(MODEL, "loan.bpmn")
        for element, fields in OFFERED.items():
            page.evaluate("id => model.select(id)", element)
            page.wait_for_function(
                """fields => {
                  const labels = document.querySelectorAll('[data-group-id^="group-loanflow"] label');
                  return String([...labels].map(label => label.textContent.trim()).sort()) === String(fields.sort());
                }""",
                arg=fields,
            )

    def test_what_is_typed_in_the_panel_is_written(self, watched: Watched) -> None:
        page = watched.tool("bpmn-modeler")
        watched.run(MODEL, "loan.bpmn")
        page.evaluate("model.select('approve')")
        page.locator('[data-group-id="group-loanflow-people"] .bio-properties-panel-group-header').click()
        field = page.locator("#bio-properties-panel-loanflow-separateFrom")
        field.fill("investigate_a nobody")
        page.get_by_text("没有这个步骤：nobody").wait_for()
        field.fill("investigate_a investigate_b")
        page.wait_for_function("async () => (await model.xml()).includes('=\"investigate_a investigate_b\"')")

    def test_what_a_process_forbids_is_chosen_in_the_panel(self, watched: Watched) -> None:
        page = watched.tool("bpmn-modeler")
        watched.run(MODEL, "loan.bpmn")
        page.evaluate("model.select('loan')")
        page.locator('[data-group-id="group-loanflow-moves"] .bio-properties-panel-group-header').click()
        page.get_by_label("停表").select_option("不允许")
        field = page.get_by_label("可退回到")
        field.fill("nowhere")
        page.get_by_text("没有这个步骤：nowhere").wait_for()
        field.fill("none")
        page.wait_for_function(
            """async () => {
              const [process] = (await model.xml()).match(/<bpmn:process [^>]*>/);
              return process.includes('returnTo="none"') && process.includes('pause="false"');
            }"""
        )

    def test_an_escalation_can_be_added(self, watched: Watched) -> None:
        page = watched.tool("bpmn-modeler")
        watched.run(MODEL, "loan.bpmn")
        page.evaluate("model.select('approve')")
        page.locator('[data-group-id="group-loanflow-escalations"] .bio-properties-panel-add-entry').click()
        page.wait_for_function("async () => (await model.xml()).split('loanflow:escalation').length === 4")

    def test_the_checks_speak_chinese_and_find_what_is_wrong(self, watched: Watched) -> None:
        page = watched.tool("bpmn-modeler")
        watched.run(MODEL, "loan.bpmn")
        page.evaluate("model.modeler.get('modeling').removeElements([model.modeler.get('elementRegistry').get('f9')])")
        page.wait_for_function(
            "() => found.some(({id, message}) => id === 'disburse' && message === '没有去向，又不是结束事件')"
        )

    def test_tools_are_chinese_or_english(self, watched: Watched) -> None:
        page = watched.tool("bpmn-modeler")
        watched.run(MODEL, "loan.bpmn")
        assert page.locator(HAND).get_attribute("aria-label") == "移动画布"
        assert page.locator(".bts-toggle-mode").inner_text().strip() == "令牌模拟"
        page = watched.tool("bpmn-modeler", "en")
        watched.run(MODEL, "loan.bpmn")
        page.evaluate("model.select('investigate_b')")
        page.get_by_text("Not the person of").wait_for(state="attached")
        assert page.locator(HAND).get_attribute("aria-label") == "Activate hand tool"

    def test_a_token_can_be_simulated(self, watched: Watched) -> None:
        page = watched.tool("bpmn-modeler")
        watched.run(MODEL, "loan.bpmn")
        page.evaluate("model.simulate(true)")
        page.locator(".bts-palette").wait_for()
        page.locator(".bts-context-pad").first.wait_for()

    def test_without_a_diagram_one_begins_with_a_start_event(self, watched: Watched) -> None:
        page = watched.tool("bpmn-modeler")
        page.evaluate(
            "async () => { window.model = await LoanflowModeler.open(document.getElementById('canvas'), {}) }"
        )
        assert "startEvent" in page.evaluate("model.xml()")
        assert page.evaluate("model.svg()").startswith("<?xml")


class TestDecisions:
    def test_a_table_opens_and_keeps_its_rules(self, watched: Watched) -> None:
        page = watched.tool("dmn")
        watched.run(
            """async given => { window.decision = await LoanflowDecision.open(document.getElementById('canvas'),
                {xml: given['table.dmn'], panel: document.getElementById('panel')}) }""",
            "table.dmn",
        )
        page.get_by_text("命中方式：").wait_for()
        assert page.locator("tbody td.input-cell").first.inner_text().strip() == "[750..1000]"
        assert '"mortgage","pledge"' in page.evaluate("decision.xml()")

    def test_the_graph_of_decisions_has_properties(self, watched: Watched) -> None:
        page = watched.tool("dmn")
        watched.run(
            """async given => { window.decision = await LoanflowDecision.open(document.getElementById('canvas'),
                {xml: given['table.dmn'], panel: document.getElementById('panel')}); await decision.open('dd') }""",
            "table.dmn",
        )
        page.locator("#panel").get_by_text("基本").wait_for()


class TestForms:
    def test_conditions_and_expressions_run_under_the_policy(self, watched: Watched) -> None:
        _mount(watched, data={"amount": 21, "opinion": "for"})
        watched.page.wait_for_function("() => form.data().twice === 42")
        expect(watched.page.get_by_text("理由")).to_have_count(0)

    def test_a_condition_that_is_null_hides_nothing_as_on_the_server(self, watched: Watched) -> None:
        schema = {
            "type": "default",
            "components": [
                {"type": "textfield", "key": "why", "label": "原因", "conditional": {"hide": "=amount > 10"}},
            ],
        }
        page = watched.tool("forms")
        for amount, shown in ((None, 1), (5, 1), (11, 0)):
            watched.run(
                """async ({schema, amount}) => { const canvas = document.getElementById('canvas');
                canvas.textContent = ''; await LoanflowForm.mount(canvas, {schema, data: {amount}}) }""",
                schema=schema,
                amount=amount,
            )
            expect(page.get_by_text("原因")).to_have_count(shown)

    def test_refusals_are_chinese_and_nothing_is_sent(self, watched: Watched) -> None:
        _mount(watched, data={"amount": 2000})
        assert watched.page.evaluate("form.submit()") is False
        expect(watched.page.locator(".fjs-form-field-error")).to_have_text(["不得大于 1000", "必填"])
        assert watched.page.evaluate("sent") == []

    def test_ctrl_enter_sends_what_was_filled_in(self, watched: Watched) -> None:
        _mount(watched, data={"opinion": "for"})
        watched.page.get_by_label("金额").fill("12")
        watched.page.keyboard.press("Control+Enter")
        watched.page.wait_for_function("() => sent.length === 1")
        assert watched.page.evaluate("sent[0]")["amount"] == 12

    def test_what_is_typed_right_after_a_number_is_kept_on_a_slow_machine(self, watched: Watched) -> None:
        schema = {
            "type": "default",
            "components": [
                {"type": "number", "key": "amount", "label": "金额"},
                {"type": "textfield", "key": "name", "label": "姓名"},
                {"type": "textarea", "key": "reason", "label": "理由"},
            ],
        }
        page = watched.page
        page.clock.install()
        watched.tool("forms")
        watched.run(
            """async ({schema}) => { window.form =
              await LoanflowForm.mount(document.getElementById('canvas'), {schema}) }""",
            schema=schema,
        )
        page.context.new_cdp_session(page).send("Emulation.setCPUThrottlingRate", {"rate": 6})
        page.get_by_label("金额").click()
        for words in ("120000", "周建平", "季节性强，按季跟踪"):
            page.keyboard.type(words)
            page.keyboard.press("Tab")
        page.get_by_label("金额").click()
        page.keyboard.type("5")
        page.keyboard.press("Tab")
        page.keyboard.type("周建国")
        typed = {"amount": 1200005, "name": "周建国", "reason": "季节性强，按季跟踪"}
        page.clock.run_for(1_000)
        expect(page.get_by_label("姓名")).to_have_value("周建国")
        assert page.evaluate("form.settled().then(() => form.data())") == typed

    def test_dates_are_written_year_first_with_a_chinese_calendar(self, watched: Watched) -> None:
        _mount(watched, data={"day": "2026-03-05"})
        field = watched.page.get_by_label("还款日")
        expect(field).to_have_value("2026-03-05")
        field.click()
        assert "周一" in watched.page.locator(".flatpickr-weekdays").inner_text()
        field.fill("2026-04-01")
        field.press("Enter")
        watched.page.wait_for_function("() => form.data().day === '2026-04-01'")

    def test_a_date_that_was_typed_last_is_sent(self, watched: Watched) -> None:
        _mount(watched, data={"opinion": "for"})
        watched.page.evaluate("form.settled()")
        watched.page.get_by_label("还款日").fill("2026-04-01")
        assert watched.page.evaluate("form.settled().then(() => form.data().day)") == "2026-04-01"

    def test_errors_of_the_server_stand_at_their_fields(self, watched: Watched) -> None:
        _mount(watched, data={"amount": 12, "opinion": "for"})
        rest = watched.page.evaluate(
            "form.settled().then(() => form.showErrors({amount: '超过授权', nowhere: '没有此字段'}))"
        )
        assert rest == ["没有此字段"]
        expect(watched.page.locator(".fjs-form-field-error")).to_have_text(["超过授权"])

    def test_fixed_words_and_labels_follow_the_language(self, watched: Watched) -> None:
        _mount(watched)
        expect(watched.page.get_by_label("资料")).to_have_attribute("placeholder", "查找")
        _mount(watched, "en", words={"资料": "Papers"})
        expect(watched.page.get_by_label("Papers")).to_have_attribute("placeholder", "Search")

    def test_readonly_forms_take_nothing(self, watched: Watched) -> None:
        _mount(watched, data={"amount": 12}, readonly=True)
        expect(watched.page.get_by_label("金额")).to_have_attribute("readonly", re.compile(".*"))

    def test_the_editor_opens_in_chinese_and_gives_its_schema(self, watched: Watched) -> None:
        watched.tool("forms")
        watched.run(
            """async ({schema}) => {
              window.editor = await LoanflowForm.edit(document.getElementById('canvas'), {schema});
            }""",
            schema=FORM,
        )
        watched.page.get_by_text("单行文本").wait_for()
        keys = [part.get("key") for part in watched.page.evaluate("editor.schema()")["components"]]
        assert keys == ["amount", "opinion", "reason", "day", "twice", "papers"]


def test_licences_of_the_bundles_are_beside_them() -> None:
    licences = (DIST / "LICENSES.txt").read_text(encoding="utf-8")
    wanted = json.loads((FRONTEND / "package.json").read_text(encoding="utf-8"))["dependencies"]
    bundled = set(wanted) - {"esbuild"}
    assert not [name for name in bundled if f"\n{name} {wanted[name]}\n" not in licences]


def test_the_lock_file_names_no_registry() -> None:
    locked = json.loads((FRONTEND / "package-lock.json").read_text(encoding="utf-8"))["packages"]
    assert not [name for name, package in locked.items() if "resolved" in package]
    assert all("integrity" in package for name, package in locked.items() if name)
