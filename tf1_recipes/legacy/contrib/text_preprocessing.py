"""``tf.contrib.learn.preprocessing``: documents and categories as rows of numbers."""
import collections
import math
import pickle
import re

import numpy as np

from tf1_recipes.v1 import tf

# Capitals up to a word, a capitalised word before another, or any run of letters, ' and -.
_TOKEN = re.compile(r"[A-Z]{2,}(?![a-z])|[A-Z][a-z]+(?=[A-Z])|[\'\w\-]+", re.UNICODE)


def tokenizer(iterator):
    """Yields the list of words of each text."""
    for text in iterator:
        yield _TOKEN.findall(text)


class CategoricalVocabulary:
    """Numbers for categories, in the order of their first appearance; 0 is the unknown one.

    Args:
        unknown_token: str, what 0 means.
        support_reverse: bool, keeps the categories by their numbers, too.
    """

    def __init__(self, unknown_token="<UNK>", support_reverse=True):
        self._unknown_token = unknown_token
        self._support_reverse = support_reverse
        self._freq = collections.defaultdict(int)
        self._freeze = False
        self._clear()

    def _clear(self):
        self._mapping = {self._unknown_token: 0}
        if self._support_reverse:
            self._reverse_mapping = [self._unknown_token]

    def _take(self, category):
        self._mapping[category] = len(self._mapping)
        if self._support_reverse:
            self._reverse_mapping.append(category)

    def __len__(self):
        return len(self._mapping)

    def freeze(self, freeze=True):
        """From now on unknown categories are 0; or new ones are taken again."""
        self._freeze = freeze

    def get(self, category):
        """The number of a category; a new one is taken unless frozen."""
        if category not in self._mapping:
            if self._freeze:
                return 0
            self._take(category)
        return self._mapping[category]

    def add(self, category, count=1):
        """Counts a category."""
        if self.get(category) > 0:
            self._freq[category] += count

    def trim(self, min_frequency, max_frequency=-1):
        """Keeps what was counted more than ``min_frequency`` times, the most frequent first."""
        by_name = sorted(self._freq.items(), key=lambda item: (isinstance(item[0], str), item[0]))
        ordered = sorted(by_name, key=lambda item: item[1], reverse=True)
        self._clear()
        for category, count in ordered:
            if count <= min_frequency:
                break
            if not 0 < max_frequency <= count:
                self._take(category)
        self._freq = dict(ordered[:len(self._mapping) - 1])

    def reverse(self, class_id):
        """The category of a number."""
        if not self._support_reverse:
            raise ValueError("This vocabulary wasn't initialized with support_reverse to support "
                             "reverse() function.")
        return self._reverse_mapping[class_id]


class VocabularyProcessor:
    """Documents as rows of word numbers, cut or filled with 0 to one length.

    Args:
        max_document_length: int.
        min_frequency: int: words that occur this often or less are unknown, 0.
        vocabulary: `CategoricalVocabulary`.
        tokenizer_fn: function from documents to an iterator over lists of words.
    """

    def __init__(self, max_document_length, min_frequency=0, vocabulary=None, tokenizer_fn=None):
        self.max_document_length = max_document_length
        self.min_frequency = min_frequency
        self.vocabulary_ = vocabulary or CategoricalVocabulary()
        self._tokenizer = tokenizer_fn or tokenizer

    def fit(self, raw_documents, unused_y=None):
        """Learns the words of documents; returns itself."""
        for tokens in self._tokenizer(raw_documents):
            for token in tokens:
                self.vocabulary_.add(token)
        if self.min_frequency > 0:
            self.vocabulary_.trim(self.min_frequency)
        self.vocabulary_.freeze()
        return self

    def fit_transform(self, raw_documents, unused_y=None):
        """Learns the words of documents, and yields their rows."""
        self.fit(raw_documents)
        return self.transform(raw_documents)

    def transform(self, raw_documents):
        """Yields a row of int64 for each document."""
        for tokens in self._tokenizer(raw_documents):
            row = np.zeros(self.max_document_length, np.int64)
            for position, token in enumerate(tokens[:self.max_document_length]):
                row[position] = self.vocabulary_.get(token)
            yield row

    def reverse(self, documents):
        """Yields the text of each row."""
        for row in documents:
            yield " ".join(self.vocabulary_.reverse(number) for number in row)

    def save(self, filename):
        """Writes it to a file, which TensorFlow 1's own `restore` reads, too."""
        with tf.gfile.Open(filename, "wb") as file:
            file.write(pickle.dumps(self, protocol=2))

    @classmethod
    def restore(cls, filename):
        """Reads what `save` wrote."""
        with tf.gfile.Open(filename, "rb") as file:
            return pickle.loads(file.read())


class ByteProcessor:
    """Documents as rows of their UTF-8 bytes, cut or filled with 0 to one length."""

    def __init__(self, max_document_length):
        self.max_document_length = max_document_length

    def fit(self, x):
        """Nothing is learned."""

    def fit_transform(self, x):
        """`transform`."""
        return self.transform(x)

    def transform(self, x):
        """Yields a row of uint8 for each document."""
        for document in x:
            text = document.encode("utf-8") if isinstance(document, str) else bytes(document)
            row = np.frombuffer(text[:self.max_document_length], dtype=np.uint8)
            yield np.pad(row, (0, self.max_document_length - len(row)), "constant")

    def reverse(self, x):
        """Yields the text of each row, "" where it is none."""
        for row in x:
            try:
                yield np.trim_zeros(row.astype(np.uint8), trim="b").tobytes().decode("utf-8")
            except UnicodeDecodeError:
                yield ""


class CategoricalProcessor:
    """Rows of categories as rows of numbers, by a vocabulary for each column.

    Args:
        min_frequency: int: categories that occur this often or less are unknown, 0.
        share: bool, one vocabulary for all columns.
        vocabularies: list of `CategoricalVocabulary`.
    """

    def __init__(self, min_frequency=0, share=False, vocabularies=None):
        self.min_frequency = min_frequency
        self.share = share
        self.vocabularies_ = vocabularies

    def freeze(self, freeze=True):
        """Freezes all vocabularies."""
        for vocabulary in self.vocabularies_:
            vocabulary.freeze(freeze)

    def fit(self, x, unused_y=None):
        """Learns the categories; returns itself."""
        for row in np.asarray(x):
            if self.vocabularies_ is None:
                one = CategoricalVocabulary()
                self.vocabularies_ = [
                    one if self.share else CategoricalVocabulary() for _ in row]
            for vocabulary, value in zip(self.vocabularies_, row):
                if not _is_missing(value):
                    vocabulary.add(value)
        if self.min_frequency > 0:
            for vocabulary in self.vocabularies_:
                vocabulary.trim(self.min_frequency)
        self.freeze()
        return self

    def fit_transform(self, x, unused_y=None):
        """Learns the categories, and yields the rows of numbers."""
        self.fit(x)
        return self.transform(x)

    def transform(self, x):
        """Yields a row of int64 for each row; what is missing is 0."""
        self.freeze()
        for row in np.asarray(x):
            yield np.array([0 if _is_missing(value) else vocabulary.get(value)
                            for vocabulary, value in zip(self.vocabularies_, row)], np.int64)


def _is_missing(value):
    return isinstance(value, float) and math.isnan(value)


# Under these names the files of `VocabularyProcessor.save` know them.
_PICKLED = "tensorflow.contrib.learn.python.learn.preprocessing."
VocabularyProcessor.__module__ = tokenizer.__module__ = _PICKLED + "text"
CategoricalVocabulary.__module__ = _PICKLED + "categorical_vocabulary"
