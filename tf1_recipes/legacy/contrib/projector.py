"""``tf.contrib.tensorboard.plugins.projector``: the file that tells TensorBoard of embeddings."""
import os

from google.protobuf import descriptor_pb2, descriptor_pool, message_factory, text_format

from tf1_recipes.v1 import tf

PROJECTOR_FILENAME = "projector_config.pbtxt"

# Each message's fields in the order of their numbers, which start at 1; * marks a repeated one.
_PACKAGE = "tf1_recipes.projector"
_MESSAGES = {
    "SpriteMetadata": "image_path:string single_image_dim:uint32*",
    "EmbeddingInfo": "tensor_name:string metadata_path:string bookmarks_path:string "
                     "tensor_shape:uint32* sprite:SpriteMetadata tensor_path:string",
    "ProjectorConfig": "model_checkpoint_path:string embeddings:EmbeddingInfo* "
                       "model_checkpoint_dir:string",
}


def _message_types():
    """The types of protocol buffers; TensorFlow no longer brings TensorBoard, which has them."""
    Field = descriptor_pb2.FieldDescriptorProto
    file = descriptor_pb2.FileDescriptorProto(
        name=_PACKAGE + ".proto", package=_PACKAGE, syntax="proto3")
    for title, fields in _MESSAGES.items():
        message = file.message_type.add(name=title)
        for number, field in enumerate(fields.split(), 1):
            name, _, kind = field.rstrip("*").partition(":")
            row = message.field.add(
                name=name, number=number,
                label=Field.LABEL_REPEATED if field.endswith("*") else Field.LABEL_OPTIONAL)
            if kind in _MESSAGES:
                row.type, row.type_name = Field.TYPE_MESSAGE, ".%s.%s" % (_PACKAGE, kind)
            else:
                row.type = getattr(Field, "TYPE_" + kind.upper())
    pool = descriptor_pool.DescriptorPool()
    pool.Add(file)
    return [message_factory.GetMessageClass(pool.FindMessageTypeByName(_PACKAGE + "." + title))
            for title in _MESSAGES]


SpriteMetadata, EmbeddingInfo, ProjectorConfig = _message_types()


def visualize_embeddings(summary_writer, config):
    """Writes a ``ProjectorConfig`` where a ``tf.summary.FileWriter`` writes.

    Raises:
        ValueError: the writer has no folder.
    """
    logdir = summary_writer.get_logdir()
    if logdir is None:
        raise ValueError("Summary writer must have a logdir")
    if isinstance(logdir, bytes):
        logdir = logdir.decode()
    with tf.gfile.GFile(os.path.join(logdir, PROJECTOR_FILENAME), "w") as file:
        file.write(text_format.MessageToString(config))
