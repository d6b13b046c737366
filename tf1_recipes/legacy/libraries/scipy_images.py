"""The images of `scipy.misc` (up to SciPy 1.1), by Pillow, which did the work then, too."""
import numpy as np

_INTERPOLATIONS = {"nearest": 0, "lanczos": 1, "bilinear": 2, "bicubic": 3, "cubic": 3}


def imread(name, flatten=False, mode=None):
    """Reads an image file as an array of uint8, one of float32 if it is to be flattened."""
    from PIL import Image

    return fromimage(Image.open(name), flatten, mode)


def fromimage(im, flatten=False, mode=None):
    """Returns an image of Pillow as an array."""
    if mode is not None and mode != im.mode:
        im = im.convert(mode)
    elif im.mode == "P":
        im = im.convert("RGBA" if "transparency" in im.info else "RGB")
    if flatten:
        im = im.convert("F")
    elif im.mode == "1":
        im = im.convert("L")
    return np.array(im)


def bytescale(data, cmin=None, cmax=None, high=255, low=0):
    """Scales an array so that its range (or cmin to cmax) becomes low to high, as uint8."""
    data = np.asarray(data)
    if data.dtype == np.uint8:
        return data
    if not 0 <= low <= high <= 255:
        raise ValueError("bytescale: low and high must be 0 to 255, and low at most high; they "
                         "were %r and %r" % (low, high))
    cmin = data.min() if cmin is None else cmin
    cmax = data.max() if cmax is None else cmax
    if cmax < cmin:
        raise ValueError("bytescale: cmax (%r) must be at least cmin (%r)" % (cmax, cmin))
    scale = float(high - low) / (float(cmax - cmin) or 1.0)
    return (((data - cmin) * scale + low).clip(low, high) + 0.5).astype(np.uint8)


def toimage(arr, high=255, low=0, cmin=None, cmax=None, pal=None, mode=None, channel_axis=None):
    """Returns an image of Pillow of an array, its values scaled by `bytescale`.

    Raises:
        ValueError: neither two dimensions nor three with 3 or 4 channels in one of them.
        NotImplementedError: a palette, which is not served, or a mode but L, F, I, RGB and RGBA.
    """
    from PIL import Image

    data = np.asarray(arr)
    if pal is not None or mode not in (None, "L", "F", "I", "RGB", "RGBA"):
        raise NotImplementedError("scipy.misc.toimage: pal=%r and mode=%r are not served" % (
            pal, mode))
    if data.ndim == 2:
        if mode in ("F", "I"):
            return Image.fromarray(data.astype({"F": np.float32, "I": np.int32}[mode]))
        return Image.fromarray(bytescale(data, cmin, cmax, high, low))
    if data.ndim != 3 or not {3, 4} & set(data.shape):
        raise ValueError("'arr' does not have a suitable array shape for any mode: %s" % (
            data.shape,))
    if channel_axis is None:
        size = 3 if 3 in data.shape else 4
        channel_axis = data.shape.index(size)
    data = np.moveaxis(bytescale(data, cmin, cmax, high, low), channel_axis, 2)
    return Image.fromarray(np.ascontiguousarray(data))


def imsave(name, arr, format=None):
    """Writes an array as an image file."""
    toimage(arr, channel_axis=2 if np.ndim(arr) == 3 else None).save(name, format)


def imresize(arr, size, interp="bilinear", mode=None):
    """Returns an array in another size.

    Args:
        size: int, percent; float, a fraction; or the tuple (height, width).
    """
    image = toimage(arr, mode=mode)
    if isinstance(size, (int, np.integer)):
        wanted = tuple((np.array(image.size) * (size / 100.0)).astype(int))
    elif isinstance(size, (float, np.floating)):
        wanted = tuple((np.array(image.size) * size).astype(int))
    else:
        wanted = (size[1], size[0])
    return fromimage(image.resize(tuple(int(each) for each in wanted),
                                  resample=_INTERPOLATIONS[interp]))


def imrotate(arr, angle, interp="bilinear"):
    """Returns an array rotated counter-clockwise, by degrees."""
    return fromimage(toimage(arr).rotate(angle, resample=_INTERPOLATIONS[interp]))


def imshow(arr):
    """Shows an array as an image, in the viewer of the machine."""
    toimage(arr).show()
