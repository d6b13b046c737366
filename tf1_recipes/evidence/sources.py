"""The documents that the recipes come from, each as it can be looked up."""
import dataclasses


@dataclasses.dataclass(frozen=True)
class Source:
    """A document.

    Attributes:
        title: of the document.
        site: who published it, such as "Stack Overflow question 34945554".
        year: of publication; two years where it grew.
        address: where it can be read, or "" where it has no public address.
        place: where in it the recipe stands, or "".
    """

    title: str
    site: str
    year: str
    address: str = ""
    place: str = ""

    def at(self, place: str) -> "Source":
        """Returns the same document with the place of a recipe in it."""
        return dataclasses.replace(self, place=place)

    def __str__(self) -> str:
        """One line: title, site, year, place and address.

        >>> print(PIECEWISE)
        "How to Train Your Model" (iThome Ironman contest 11, 2019), day 16: `piecewise_constant`
        """
        text = '"%s" (%s, %s)' % (self.title, self.site, self.year)
        text += ", " * bool(self.place) + self.place
        return text + "; " * bool(self.address) + self.address


LAYER_WISE = Source(
    "How to set layer-wise learning rate in Tensorflow?", "Stack Overflow question 34945554",
    "2016 to 2018", "https://stackoverflow.com/q/34945554")
KERAS_RATES = Source(
    "Exploring Learning Rates to improve model performance in Keras",
    "Guncha Garg, after fast.ai's course", "2019")
SGDR = Source(
    "SGDR: Stochastic Gradient Descent with Warm Restarts", "arXiv 1608.03983", "2016",
    "https://arxiv.org/abs/1608.03983")
CLR = Source(
    "clr_callback.py", "GitHub, bckenstler/CLR", "2017",
    "https://github.com/bckenstler/CLR")
PIECEWISE = Source(
    "How to Train Your Model", "iThome Ironman contest 11", "2019",
    place="day 16: `piecewise_constant`")
BOOK = Source(
    "Hands-On Machine Learning with Scikit-Learn and TensorFlow", "O'Reilly, 1st edition", "2017")
CAFFE_DECAY = Source(
    "How to implement weight decay in tensorflow as in Caffe", "Stack Overflow question 38882629",
    "2016 to 2018", "https://stackoverflow.com/q/38882629")
CONTRIB_OPT = Source(
    "Add optimizers with decoupled weight decay", "tensorflow/tensorflow pull request 17438",
    "2018", "https://github.com/tensorflow/tensorflow/pull/17438")
ADAMW = Source(
    "Fixing Weight Decay Regularization in Adam", "arXiv 1711.05101", "2017",
    "https://arxiv.org/abs/1711.05101")
KERNELS = Source(
    "tensorflow/core/kernels/training_ops.cc", "GitHub, tensorflow/tensorflow",
    "2015 to 2020", "https://github.com/tensorflow/tensorflow/blob/v1.15.5/"
    "tensorflow/core/kernels/training_ops.cc")
CAFFE = Source(
    "src/caffe/solvers/sgd_solver.cpp", "GitHub, BVLC/caffe", "from 2015",
    "https://github.com/BVLC/caffe/blob/master/src/caffe/solvers/sgd_solver.cpp")
