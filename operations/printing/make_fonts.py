"""Makes the small fonts in `fonts/` from Noto Serif SC and Noto Sans SC.

`python -m operations.printing.make_fonts FOLDER`, where FOLDER holds `NotoSerifSC_400Regular.ttf` and
`NotoSansSC_500Medium.ttf` as the npm packages `@expo-google-fonts/noto-serif-sc` and `noto-sans-sc` (0.4.3) carry them.
Kept are GBK, Latin letters, the marks of forms, and the characters of names in the Table of General Standard Chinese
Characters (2013) that GBK lacks.
"""

from __future__ import annotations

import sys
from pathlib import Path

FONTS = Path(__file__).parent / "fonts"
SOURCES = {"NotoSerifSC_400Regular.ttf": "NotoSerifSC-Regular.ttf", "NotoSansSC_500Medium.ttf": "NotoSansSC-Medium.ttf"}
_MARKS = "—…“”‘’·¥￥①②③④⑤⑥⑦⑧⑨⑩□☑☐✓✕●○≥≤×÷±"
_OF_NAMES = (
    "㑇㑊㕮㘎㙍㙘㙦㛃㛚㛹㟃㠇㠓㤘㥄㧐㧑㧟㫰㬊㬎㬚㭎㭕㮾㰀㳇㳘㳚㴔㵐㶲㸆㸌㺄㻬㽏㿠䁖䂮"
    "䃅䃎䅟䌹䎃䎖䏝䏡䏲䐃䓖䓛䓨䓫䓬䗖䗛䗪䗴䜣䝙䢺䢼䣘䥽䦃䲟䲠䲢䴓䴔䴕䴖䴗䴘䴙䶮"
)
_PLANE_2 = range(0x20000, 0x30000)


def gbk() -> set[str]:
    """Every character that GBK has."""
    found: set[str] = set()
    for lead in range(0x81, 0xFF):
        for trail in (*range(0x40, 0x7F), *range(0x80, 0xFF)):
            found.update(bytes([lead, trail]).decode("gbk", errors="ignore"))
    return found


def wanted() -> set[int]:
    """The code points that the small fonts keep, where the large ones have them."""
    latin = (chr(code) for code in (*range(0x20, 0x7F), *range(0xA0, 0x180)))
    return {ord(char) for char in (*gbk(), *latin, *_MARKS, *_OF_NAMES)} | set(_PLANE_2)


def main(folder: Path) -> None:
    """Writes both fonts."""
    from fontTools import subset

    options = subset.Options(layout_features=[], hinting=False, desubroutinize=True, name_IDs=["*"])
    for source, target in SOURCES.items():
        font = subset.load_font(str(folder / source), options)
        cutter = subset.Subsetter(options)
        cutter.populate(unicodes=wanted())
        cutter.subset(font)
        subset.save_font(font, str(FONTS / target), options)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
