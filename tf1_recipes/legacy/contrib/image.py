"""``tf.contrib.image``: images turned, moved and warped, by the op that TensorFlow still has."""
from tf1_recipes.v1 import tf

_TYPES = {tf.uint8, tf.int32, tf.int64, tf.float16, tf.float32, tf.float64}


def rotate(images, angles, interpolation="NEAREST", name=None):
    """Turns images counterclockwise about their middle.

    Args:
        images: tensor [height, width], [height, width, channels] or [batch, ...].
        angles: radians, a number or one for each image.
        interpolation: "NEAREST" or "BILINEAR".
        name: str.
    """
    with tf.name_scope(name, "rotate"):
        images = tf.convert_to_tensor(images)
        batch = _batch(images)
        height, width = (tf.cast(tf.shape(batch)[axis], tf.float32)[None] for axis in (1, 2))
        turned = transform(batch, angles_to_projective_transforms(angles, height, width),
                           interpolation)
        return _like(images, turned)


def translate(images, translations, interpolation="NEAREST", name=None):
    """Moves images by ``translations``, [dx, dy] or one such pair for each image."""
    with tf.name_scope(name, "translate"):
        return transform(images, translations_to_projective_transforms(translations),
                         interpolation)


def transform(images, transforms, interpolation="NEAREST", output_shape=None, name=None):
    """Maps images by projective transforms; what comes from outside is 0.

    The point (x, y) of the output is that at ((a0 x + a1 y + a2) / k, (b0 x + b1 y + b2) / k) of
    the input, where k = c0 x + c1 y + 1.

    Args:
        images: tensor [height, width], [height, width, channels] or [batch, ...].
        transforms: [a0, a1, a2, b0, b1, b2, c0, c1], or one such row for each image.
        interpolation: "NEAREST" or "BILINEAR".
        output_shape: [height, width], by default the input's.
        name: str.
    """
    with tf.name_scope(name, "transform"):
        images = tf.convert_to_tensor(images)
        transforms = tf.convert_to_tensor(transforms, dtype=tf.float32)
        if images.dtype.base_dtype not in _TYPES:
            raise TypeError("Invalid dtype %s." % images.dtype)
        if transforms.shape.ndims not in (1, 2):
            raise TypeError("Transforms should have rank 1 or 2.")
        batch = _batch(images)
        if output_shape is None:
            output_shape = tf.shape(batch)[1:3]
            known = tf.get_static_value(output_shape)
            output_shape = output_shape if known is None else known
        output_shape = tf.convert_to_tensor(output_shape, tf.int32)
        if not output_shape.shape.is_compatible_with([2]):
            raise ValueError(
                "output_shape must be a 1-D Tensor of 2 elements: new_height, new_width")
        return _like(images, tf.raw_ops.ImageProjectiveTransformV2(
            images=batch, output_shape=output_shape, interpolation=interpolation.upper(),
            transforms=transforms if transforms.shape.ndims == 2 else transforms[None]))


def angles_to_projective_transforms(angles, image_height, image_width, name=None):
    """The transforms of `transform` that turn images by angles in radians."""
    with tf.name_scope(name, "angles_to_projective_transforms"):
        angles = tf.convert_to_tensor(angles, dtype=tf.float32)
        if angles.shape.ndims not in (0, 1):
            raise TypeError("Angles should have rank 0 or 1.")
        angles = angles if angles.shape.ndims else angles[None]
        cos, sin = tf.cos(angles), tf.sin(angles)
        right, bottom = image_width - 1, image_height - 1
        x_offset = (right - (cos * right - sin * bottom)) / 2.0
        y_offset = (bottom - (sin * right + cos * bottom)) / 2.0
        return tf.concat([tf.stack([cos, -sin, x_offset, sin, cos, y_offset], axis=1),
                          tf.zeros([tf.shape(angles)[0], 2])], axis=1)


def translations_to_projective_transforms(translations, name=None):
    """The transforms of `transform` that move images by [dx, dy]."""
    with tf.name_scope(name, "translations_to_projective_transforms"):
        moves = tf.convert_to_tensor(translations, dtype=tf.float32)
        if moves.shape.ndims not in (1, 2):
            raise TypeError("Translations should have rank 1 or 2.")
        moves = moves if moves.shape.ndims == 2 else moves[None]
        one, zero = tf.ones_like(moves[:, 0]), tf.zeros_like(moves[:, 0])
        return tf.stack([one, zero, -moves[:, 0], zero, one, -moves[:, 1], zero, zero], axis=1)


def compose_transforms(*transforms):
    """The transform that is several, one after the other."""
    if not transforms:
        raise AssertionError("transforms cannot be empty")
    with tf.name_scope("compose_transforms"):
        composed = flat_transforms_to_matrices(transforms[0])
        for each in transforms[1:]:
            composed = tf.matmul(composed, flat_transforms_to_matrices(each))
        return matrices_to_flat_transforms(composed)


def flat_transforms_to_matrices(transforms):
    """Rows of 8 numbers as matrices [rows, 3, 3]."""
    with tf.name_scope("flat_transforms_to_matrices"):
        transforms = tf.convert_to_tensor(transforms)
        if transforms.shape.ndims not in (1, 2):
            raise ValueError("Transforms should be 1D or 2D, got: %s" % transforms)
        rows = tf.reshape(transforms, [-1, 8])
        return tf.reshape(tf.concat([rows, tf.ones([tf.shape(rows)[0], 1])], axis=1), [-1, 3, 3])


def matrices_to_flat_transforms(transform_matrices):
    """Matrices as rows of 8 numbers, the ninth being 1."""
    with tf.name_scope("matrices_to_flat_transforms"):
        matrices = tf.convert_to_tensor(transform_matrices)
        if matrices.shape.ndims not in (2, 3):
            raise ValueError("Matrices should be 2D or 3D, got: %s" % matrices)
        rows = tf.reshape(matrices, [-1, 9])
        return (rows / rows[:, 8:9])[:, :8]


def dense_image_warp(image, flow, name="dense_image_warp"):
    """Moves every pixel by itself, with bilinear interpolation.

        output[b, j, i] = image[b, j - flow[b, j, i, 0], i - flow[b, j, i, 1]]

    Args:
        image: tensor [batch, height, width, channels].
        flow: tensor [batch, height, width, 2].
        name: str.
    """
    with tf.name_scope(name):
        image, flow = tf.convert_to_tensor(image), tf.convert_to_tensor(flow)
        batch, height, width, channels = tf.unstack(tf.shape(image))
        columns, rows = tf.meshgrid(tf.range(width), tf.range(height))
        places = tf.cast(tf.stack([rows, columns], axis=2), flow.dtype)[None] - flow
        corners, shares = [], []
        for axis, size in enumerate((height, width)):
            queries = tf.reshape(places[..., axis], [batch, height * width])
            low = tf.minimum(tf.maximum(tf.constant(0.0, flow.dtype), tf.floor(queries)),
                             tf.cast(size - 2, flow.dtype))
            share = tf.minimum(tf.maximum(tf.cast(queries - low, image.dtype), 0.0), 1.0)
            shares.append(share[..., None])
            corners.append(tf.cast(low, tf.int32))
        first = tf.reshape(tf.range(batch) * height * width, [batch, 1])
        pixels = tf.reshape(image, [batch * height * width, channels])

        def at(down, right):
            return tf.gather(pixels, first + (corners[0] + down) * width + corners[1] + right)

        top = shares[1] * (at(0, 1) - at(0, 0)) + at(0, 0)
        bottom = shares[1] * (at(1, 1) - at(1, 0)) + at(1, 0)
        return tf.reshape(shares[0] * (bottom - top) + top, [batch, height, width, channels])


def _batch(images):
    """Images as a batch with channels."""
    rank = images.shape.ndims
    if rank is None:
        raise TypeError("image_or_images rank must be statically known")
    if rank not in (2, 3, 4):
        raise TypeError("Images should have rank between 2 and 4.")
    return images[None, :, :, None] if rank == 2 else images[None] if rank == 3 else images


def _like(images, batch):
    """A batch in the rank that the images had."""
    rank = images.shape.ndims
    return batch[0, :, :, 0] if rank == 2 else batch[0] if rank == 3 else batch
