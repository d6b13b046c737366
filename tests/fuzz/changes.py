"""Changes at random to bytes and to JSON texts."""
import re

TOKENS = [b"null", b"true", b"-1", b"1e999", b"[]", b"{}", b'""', b'"0/n#x"', b"[" * 3000,
          b"1" + b"0" * 5000, b"1" + b"0" * 400, b'"\\ud800"', b"NaN", b'{"session": 0}', b"0.5",
          b'"(a+)+$"', b'"a{99999999999}"', b'"\\u001b[2J\\nEQUAL: all 9 tensors agree."']


def changed_bytes(data, randomly):
    """Bytes changed, cut out, doubled, one bit of them flipped; or the end cut off."""
    changed = bytearray(data)
    if randomly.random() < 0.2:
        return bytes(changed[:randomly.randrange(len(changed))])
    for _ in range(randomly.choice([1, 1, 1, 2, 4])):
        start = randomly.randrange(len(changed) or 1)
        length = randomly.choice([1, 1, 2, 4, 8, 64])
        piece = changed[start:start + length]
        changed[start:start + length] = randomly.choice([
            b"", piece * 2, bytes(len(piece)), b"\xff" * len(piece),
            bytes([piece[0] ^ 1 << randomly.randrange(8)]) + piece[1:] if piece else b"",
            bytes(randomly.randrange(256) for _ in piece)])
    return bytes(changed)


def changed_json(text, randomly):
    """Up to three tokens of a JSON text cut out, doubled or replaced; half of them by their like.
    """
    for _ in range(randomly.choice([1, 1, 1, 2, 3])):
        places = [found.span() for found in re.finditer(r'"[^"]*"|-?\d[\d.e-]*|[\[\]{}:,]', text)]
        start, stop = randomly.choice(places or [(0, 0)])
        if randomly.random() < 0.5:
            kind = text[start:start + 1]
            alike = [text[a:b] for a, b in places if (text[a] == '"', text[a].isdigit())
                     == (kind == '"', kind.isdigit())]
            text = text[:start] + randomly.choice(alike or [""]) + text[stop:]
            continue
        text = text[:start] + randomly.choice([
            "", text[start:stop] * 2, *[token.decode() for token in TOKENS], '"float32"',
            '"object"', "[4294967296, 4294967296]", '"Infinity"', '"step"', "9" * 20]
        ) + text[stop:]
    return text


def written(path, data):
    """Writes bytes into a file, and returns its path."""
    with open(path, "wb") as file:
        file.write(data)
    return path
