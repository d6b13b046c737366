"""The messages of ``tensorflow.serving`` that an exported model holds: signatures and assets.

TensorFlow has them no more. They are in collections of ``export.meta``, so what is written here is
read by the TensorFlow Serving of that time, and the reverse.
"""
from google.protobuf import descriptor_pb2, descriptor_pool, message_factory

_PACKAGE = "tensorflow.serving"
# By message: fields in the order of their numbers. A type with {} is a map from strings.
_MESSAGES = {
    "Signatures": [("default_signature", "Signature"), ("named_signatures", "{}Signature")],
    "TensorBinding": [("tensor_name", "string")],
    "AssetFile": [("tensor_binding", "TensorBinding"), ("filename", "string")],
    "Signature": [("regression_signature", "RegressionSignature"),
                  ("classification_signature", "ClassificationSignature"),
                  ("generic_signature", "GenericSignature")],
    "RegressionSignature": [("input", "TensorBinding"), ("output", "TensorBinding")],
    "ClassificationSignature": [("input", "TensorBinding"), ("classes", "TensorBinding"),
                                ("scores", "TensorBinding")],
    "GenericSignature": [("map", "{}TensorBinding")],
}


def _set_type(field, kind):
    field.label = field.LABEL_OPTIONAL
    if kind == "string":
        field.type = field.TYPE_STRING
    else:
        field.type, field.type_name = field.TYPE_MESSAGE, ".%s.%s" % (_PACKAGE, kind)


def _file():
    file = descriptor_pb2.FileDescriptorProto(
        name="tf1_recipes/bundle_manifest.proto", package=_PACKAGE, syntax="proto3")
    for title, fields in _MESSAGES.items():
        message = file.message_type.add(name=title)
        if title == "Signature":  # one of them
            message.oneof_decl.add(name="type")
        for number, (name, kind) in enumerate(fields, 1):
            field = message.field.add(name=name, number=number)
            if kind.startswith("{}"):
                entry = message.nested_type.add(name=_camel(name) + "Entry")
                entry.options.map_entry = True
                for at, (part, part_kind) in enumerate((("key", "string"), ("value", kind[2:])), 1):
                    _set_type(entry.field.add(name=part, number=at), part_kind)
                _set_type(field, "%s.%s" % (title, entry.name))
                field.label = field.LABEL_REPEATED
            else:
                _set_type(field, kind)
                if title == "Signature":
                    field.oneof_index = 0
    return file


def _camel(name):
    return "".join(part.capitalize() for part in name.split("_"))


_POOL = descriptor_pool.DescriptorPool()
_POOL.Add(_file())


def _message(title):
    return message_factory.GetMessageClass(
        _POOL.FindMessageTypeByName("%s.%s" % (_PACKAGE, title)))


Signatures = _message("Signatures")
TensorBinding = _message("TensorBinding")
AssetFile = _message("AssetFile")
Signature = _message("Signature")
RegressionSignature = _message("RegressionSignature")
ClassificationSignature = _message("ClassificationSignature")
GenericSignature = _message("GenericSignature")
