"""What people are told when a field does not hold, in Chinese and English, by a stable code."""

from __future__ import annotations

from decimal import Decimal
from typing import Any, Final, Literal

Language = Literal["zh", "en"]

MESSAGES: Final[dict[str, tuple[str, str]]] = {
    "not_a_form": ("提交的内容不是表单数据", "What was sent is not a filled-in form"),
    "too_large": ("提交的内容过多", "Too much was sent"),
    "too_deep": ("提交的内容嵌套过深", "What was sent is nested too deeply"),
    "too_many_errors": ("错误过多，其余未列出", "There are more errors, not listed"),
    "unknown": ("表单中没有此字段", "The form has no such field"),
    "hidden": ("此字段已隐藏，不能填写", "This field is hidden and cannot be filled in"),
    "disabled": ("此字段已停用，不能填写", "This field is disabled and cannot be filled in"),
    "readonly": ("此字段只读，不能修改", "This field is read-only and cannot be changed"),
    "required": ("必填", "This field is required"),
    "not_text": ("应为文本", "Text is expected"),
    "not_a_number": ("应为数字", "A number is expected"),
    "not_a_boolean": ("应为是或否", "Yes or no is expected"),
    "not_a_list": ("应为列表", "A list is expected"),
    "not_a_group": ("应为一组字段", "A group of fields is expected"),
    "not_a_date": ("应为日期，如 2026-03-02", "A date such as 2026-03-02 is expected"),
    "not_a_time": ("应为时间，如 09:30", "A time such as 09:30 is expected"),
    "not_a_datetime": ("应为日期和时间，如 2026-03-02T09:30", "A date and time such as 2026-03-02T09:30 is expected"),
    "not_a_document": ("应为已上传文件的编号", "The numbers of uploaded documents are expected"),
    "characters": ("含有不能保存的字符", "It contains characters that cannot be kept"),
    "too_many_digits": ("数字位数过多，最多 {limit} 位", "At most {limit} digits are possible"),
    "integer": ("应为整数", "A whole number is expected"),
    "decimal_digits": ("最多 {limit} 位小数", "At most {limit} decimal digits are possible"),
    "increment": (
        "应为 {step} 的倍数，最接近的是 {below} 和 {above}",
        "It must be a multiple of {step}, as {below} or {above}",
    ),
    "min": ("不得小于 {limit}", "It must be at least {limit}"),
    "max": ("不得大于 {limit}", "It must be at most {limit}"),
    "min_length": ("至少 {limit} 个字符", "At least {limit} characters are needed"),
    "max_length": ("最多 {limit} 个字符", "At most {limit} characters are possible"),
    "pattern": ("格式不符", "It does not have the right form"),
    "too_complex": ("内容过于复杂，无法检查格式", "It is too complex for its form to be checked"),
    "email": ("应为电子邮箱地址", "An email address is expected"),
    "phone": (
        "应为国际格式的电话号码，如 +8613800138000",
        "A phone number such as +8613800138000 is expected",
    ),
    "not_an_option": ("不在可选范围内", "This is not one of the options"),
    "repeated": ("同一选项只能选一次", "Each option can be chosen once"),
    "passed_date": ("不得早于今天", "It must not be before today"),
    "time_interval": ("应为 {minutes} 分钟的整数倍", "It must be a multiple of {minutes} minutes"),
    "too_many_rows": ("最多 {limit} 行", "At most {limit} rows are possible"),
    "rows_fixed": ("不能增加或删除行，应为 {limit} 行", "Rows cannot be added or removed; {limit} are expected"),
    "one_document": ("只能有一个文件", "Only one document is possible"),
    "bound_unknown": (
        "限制条件无法计算，请联系流程设计人员",
        "The limit cannot be computed: tell the designer",
    ),
    "expression_failed": (
        "表单中的表达式无法计算，请联系流程设计人员",
        "An expression cannot be computed: tell the designer",
    ),
}


def message(code: str, language: Language, facts: dict[str, Any]) -> str:
    """The sentence for `code`; `facts` are the numbers that it names."""
    chinese, english = MESSAGES[code]
    shown = {name: format(fact, "f") if isinstance(fact, Decimal) else fact for name, fact in facts.items()}
    return (english if language == "en" else chinese).format(**shown)
