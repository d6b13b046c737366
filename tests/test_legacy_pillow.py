"""Pillow's and matplotlib's names and arguments of before 2023."""

import pytest


def test_filters_and_the_size_of_texts(run_script):
    pytest.importorskip("PIL")
    # Printed by Pillow 8.4 on Python 3.7, whose built-in font is of 6 by 11 dots.
    out, err, status = run_script("""
        from PIL import Image, ImageDraw, ImageFont
        print(Image.ANTIALIAS == Image.LANCZOS, Image.LINEAR == Image.BILINEAR,
              Image.CUBIC == Image.BICUBIC, Image.new("L", (4, 4)).resize((2, 2), 1).size)
        font = ImageFont.load_default_imagefont() if hasattr(
            ImageFont, "load_default_imagefont") else ImageFont.load_default()
        draw = ImageDraw.Draw(Image.new("L", (9, 9)))
        print(font.getsize("abc"), draw.textsize("ab", font), draw.textsize("ab\\nabc", font))
        """)
    assert (status, out) == (0, [
        "True True True (2, 2)", "(18, 11) (12, 11) (18, 26)"]), err


def test_what_matplotlib_took(run_script):
    pytest.importorskip("matplotlib")
    # By the documents of matplotlib 3.0: without a frame the figure's own patch is not drawn.
    out, err, status = run_script("""
        import matplotlib
        matplotlib.use("Agg")
        import matplotlib.pyplot as plt
        figure = plt.figure()
        axes = figure.add_subplot(111, projection="3d")
        print(axes.w_xaxis is axes.xaxis, axes.w_zaxis is axes.zaxis)
        figure.canvas.set_window_title("title")
        plt.figure()
        plt.grid(b=True)
        plt.gca().grid(b=False)
        plt.grid(True, which="both", axis="x")
        plt.savefig("a.png", frameon=False)
        print(plt.imread("a.png")[0, 0].tolist())
        """)
    assert (status, out) == (0, ["True True", "[1.0, 1.0, 1.0, 0.0]"]), err
