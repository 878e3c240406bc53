"""Makes the pictures of tests/e2e/pictures.test.mjs: the same seven in every kind of file. pip install pillow pillow-heif"""

from pathlib import Path

import pillow_heif
from PIL import Image, ImageDraw

HERE = Path(__file__).parent


def seven(ink=20, paper=240, mode="L"):
    """A seven, dark on bright paper."""
    picture = Image.new(mode, (96, 112), paper)
    pen = ImageDraw.Draw(picture)
    pen.line([(26, 24), (70, 24), (40, 92)], fill=ink, width=9, joint="curve")
    return picture


def turned(orientation, degrees):
    """A camera's file: the pixels lie, and the header says how to stand them up."""
    exif = Image.Exif()
    exif[0x0112] = orientation
    seven().rotate(degrees, expand=True).convert("RGB").save(HERE / f"exif-{orientation}.jpg", exif=exif, quality=60)


turned(6, 90)
turned(8, -90)
seven().convert("RGB").convert("CMYK").save(HERE / "cmyk.jpg", quality=60)
wide = Image.new("I;16", (96, 112))
wide.putdata([value * 257 for value in seven().getdata()])
wide.save(HERE / "sixteen-bits.png")
seven(ink=(0, 0, 0, 255), paper=(0, 0, 0, 0), mode="RGBA").save(HERE / "see-through.png")
blank = Image.new("L", (96, 112), 240)
seven().save(HERE / "animated.gif", save_all=True, append_images=[blank], duration=100)
seven().convert("RGB").save(HERE / "animated.webp", save_all=True, append_images=[blank.convert("RGB")], duration=100, quality=50)
Image.new("L", (3, 4000), 200).save(HERE / "long.png")
pillow_heif.register_heif_opener()
seven().convert("RGB").save(HERE / "photo.heic", quality=40)
seven().convert("RGB").save(HERE / "photo.avif", quality=40)
seven().convert("RGB").save(HERE / "page.pdf", quality=40)
seven().convert("RGB").save(HERE / "scan.tiff", compression="tiff_deflate")
(HERE / "drawing.svg").write_text(
    '<svg xmlns="http://www.w3.org/2000/svg" width="96" height="112"><path d="M26 24H70L40 92" fill="none" stroke="#111"'
    ' stroke-width="9"/></svg>\n'
)
