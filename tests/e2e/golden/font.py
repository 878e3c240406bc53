"""Makes blocks.ttf, the font of the golden pictures: every character is the same block, half an em wide, so that a word is a
bar, and a picture shows where words are and how long, whatever fonts a machine has. Spaces are empty. Needs fonttools:

    pip install fonttools==4.68.0 && python font.py
"""

from pathlib import Path

from fontTools.fontBuilder import FontBuilder
from fontTools.pens.ttGlyphPen import TTGlyphPen
from fontTools.ttLib.tables._c_m_a_p import CmapSubtable

EM, WIDTH, ASCENT, DESCENT = 1000, 500, 900, 250
SPACES = [0x20, 0xA0, 0x2009, 0x202F]


def block():
    pen = TTGlyphPen(None)
    corners = [(0, 0), (0, 600), (WIDTH, 600), (WIDTH, 0)]
    pen.moveTo(corners[0])
    for corner in corners[1:]:
        pen.lineTo(corner)
    pen.closePath()
    return pen.glyph()


def every_character():
    """Character map format 13: ranges of many characters with one glyph."""
    table = CmapSubtable.newSubtable(13)
    table.platformID, table.platEncID, table.language = 3, 10, 0
    table.cmap = {code: "block" for code in range(0x21, 0x3000) if code not in SPACES}
    table.cmap.update({code: "space" for code in SPACES})
    return table


builder = FontBuilder(EM, isTTF=True)
builder.setupGlyphOrder([".notdef", "space", "block"])
builder.setupCharacterMap({0x20: "space", 0x78: "block"})
builder.setupGlyf({".notdef": block(), "space": TTGlyphPen(None).glyph(), "block": block()})
builder.setupHorizontalMetrics({name: (WIDTH, 0) for name in [".notdef", "space", "block"]})
builder.setupHorizontalHeader(ascent=ASCENT, descent=-DESCENT)
builder.setupOS2(sTypoAscender=ASCENT, sTypoDescender=-DESCENT, usWinAscent=ASCENT, usWinDescent=DESCENT)
builder.setupNameTable({"familyName": "Blocks", "styleName": "Regular"})
builder.setupPost()
builder.font["cmap"].tables.append(every_character())
builder.font["head"].created = builder.font["head"].modified = 0
builder.font.recalcTimestamp = False
builder.save(Path(__file__).with_name("blocks.ttf"))
