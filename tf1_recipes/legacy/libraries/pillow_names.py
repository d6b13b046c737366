"""Pillow as it was up to 9.5: the names of filters, and the sizes of texts."""
from tf1_recipes.legacy import moved
from tf1_recipes.legacy.patch import patch

_FILTERS = moved.names("PIL.Image", "PIL.Image", "ANTIALIAS=LANCZOS LINEAR=BILINEAR CUBIC=BICUBIC")


@patch("Pillow has the names of its filters")
def filters(changes):
    moved.put_back(changes, _FILTERS)


@patch("Pillow's fonts tell the size of a text", after="PIL.ImageFont")
def font_sizes(changes, fonts):
    """``font.getsize(text)``: its width, and its height from the line's top."""
    def getsize(self, text, *arguments, **options):
        left, _, right, bottom = self.getbbox(text, *arguments, **options)
        return right - left, bottom
    for kind in (fonts.ImageFont, fonts.FreeTypeFont):
        changes.add(kind, getsize=getsize)


@patch("Pillow's drawings tell the size of a text", after="PIL.ImageDraw")
def text_sizes(changes, drawing):
    """``draw.textsize(text, font)``, of several lines, too."""
    def textsize(self, text, font=None, spacing=4, **options):
        font = font or self.getfont()
        lines = [font.getsize(line, **options) for line in text.split("\n")]
        if len(lines) == 1:
            return lines[0]
        height = font.getsize("A")[1] + spacing
        return max(width for width, _ in lines), height * len(lines) - spacing
    changes.add(drawing.ImageDraw, textsize=textsize)
