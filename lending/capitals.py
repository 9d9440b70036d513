"""Amounts in Chinese capitals, as contracts and vouchers state them beside the figures.

Rule: 《正确填写票据和结算凭证的基本规定》 (annex to 《支付结算办法》, 银发〔1997〕393号). An amount that ends in yuan
or jiao is closed with 整 (after jiao it may be left out; here it is written), one that ends in fen is not; zeros
between figures are read as one 零.
"""

from __future__ import annotations

from decimal import Decimal

_FIGURES = "零壹贰叁肆伍陆柒捌玖"
_PLACES = ("", "拾", "佰", "仟")
_GROUPS = ("", "万", "亿", "万亿")
LIMIT = Decimal(10) ** 16


def in_capitals(amount: Decimal) -> str:
    """`Decimal("107000.53")` is `壹拾万柒仟元伍角叁分`, zero is `零元整`.

    Raises `ValueError` for what is negative, has parts of a fen, or is 10^16 and more.
    """
    if not amount.is_finite() or amount < 0 or amount >= LIMIT:
        raise ValueError(f"{amount} cannot be written in capitals")
    fen = amount * 100
    if fen != fen.to_integral_value():
        raise ValueError(f"{amount} has parts of a fen")
    yuan, cents = divmod(int(fen), 100)
    jiao, odd = divmod(cents, 10)
    if not yuan and not cents:
        return "零元整"
    words = f"{_whole(yuan)}元" if yuan else ""
    if not cents:
        return f"{words}整"
    if jiao:
        words += f"{_FIGURES[jiao]}角"
    elif yuan:
        words += "零"
    return f"{words}{_FIGURES[odd]}分" if odd else f"{words}整"


def _whole(number: int) -> str:
    words = ""
    pending_zero = False
    for index in range(len(_GROUPS) - 1, -1, -1):
        group = number // 10_000**index % 10_000
        if not group:
            pending_zero = pending_zero or bool(words)
            continue
        # A group of fewer than four figures has a zero before it, when something stands before the group.
        if words and (pending_zero or group < 1_000):
            words += "零"
        words += _group(group) + _GROUPS[index]
        pending_zero = False
    # 万亿 before 亿 would name 亿 twice: 壹万亿伍仟亿 is written 壹万伍仟亿.
    head, mark, rest = words.partition("万亿")
    return f"{head}万{rest}" if mark and "亿" in rest else words


def _group(group: int) -> str:
    words, zero = "", False
    for place in range(3, -1, -1):
        figure = group // 10**place % 10
        if not figure:
            zero = bool(words)
            continue
        words += ("零" if zero else "") + _FIGURES[figure] + _PLACES[place]
        zero = False
    return words
