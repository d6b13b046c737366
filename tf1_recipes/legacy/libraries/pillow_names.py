"""Pillow as it was up to 9.5: the names of filters, and how large a text is."""
import sys

from tf1_recipes.recording import session_tap


def install():
    """Puts them in place for when a script imports Pillow."""
    sys.meta_path.insert(0, session_tap.AfterImport({
        r"PIL\.Image": restore_image, r"PIL\.ImageFont": restore_fonts,
        r"PIL\.ImageDraw": restore_drawing}))


def restore_image(image):
    """``Image.ANTIALIAS`` and its like."""
    for old, now in (("ANTIALIAS", "LANCZOS"), ("LINEAR", "BILINEAR"), ("CUBIC", "BICUBIC")):
        if not hasattr(image, old):
            setattr(image, old, getattr(image, now))


def restore_fonts(fonts):
    """``font.getsize(text)``: its width, and its height from the line's top."""
    def getsize(self, text, *arguments, **options):
        left, _, right, bottom = self.getbbox(text, *arguments, **options)
        return right - left, bottom
    for kind in (fonts.ImageFont, fonts.FreeTypeFont):
        if not hasattr(kind, "getsize"):
            kind.getsize = getsize


def restore_drawing(drawing):
    """``draw.textsize(text, font)``, of several lines, too."""
    def textsize(self, text, font=None, spacing=4, **options):
        font = font or self.getfont()
        lines = [font.getsize(line, **options) for line in text.split("\n")]
        if len(lines) == 1:
            return lines[0]
        height = font.getsize("A")[1] + spacing
        return max(width for width, _ in lines), height * len(lines) - spacing
    if not hasattr(drawing.ImageDraw, "textsize"):
        drawing.ImageDraw.textsize = textsize
