"""Installs tf1_recipes: the package, its legacy examples and the command ``tf1-recipes``."""
from setuptools import find_namespace_packages, setup

with open("README.md", encoding="utf-8") as readme:
    LONG_DESCRIPTION = readme.read()

# The examples live at the top level, where they are read and run as they stand;
# an installed package carries a copy, so that `tf1-recipes verify` works anywhere.
EXAMPLES = "tf1_recipes.legacy_examples"

# What only old code needs; `tf1_recipes.requirements` names this extra where it is missing.
RUN = [
    "tf-slim>=1.1",
    # tf.estimator left TensorFlow with 2.16; its last release works with today's.
    "tensorflow-estimator>=2.15",
    # Translates Python 2.
    "fissix>=24.4",
]
PLOT = ["matplotlib>=3.7"]


def folders(path, package):
    """A folder and those in it, as packages: one of pages or traces has no ``__init__``."""
    return [package] + ["%s.%s" % (package, inner) for inner in find_namespace_packages(path)
                        if "__pycache__" not in inner]


def modern(requirements):
    """As they stand, on Python 3.10 and later only."""
    return ["%s; python_version>='3.10'" % each for each in requirements]


setup(
    name="tf1_recipes",
    version="0.2.0",
    description="The classic TensorFlow 1 graph-mode recipes, reproduced, hardened and verified",
    long_description=LONG_DESCRIPTION,
    long_description_content_type="text/markdown",
    author="The tf1_recipes developers",
    license="Apache-2.0",
    license_files=["LICENSE"],
    keywords="tensorflow tensorflow-1 graph-mode migration porting reproducibility optimizers "
             "learning-rate weight-decay transfer-learning",
    python_requires=">=3.7,<3.14",
    packages=folders("tf1_recipes", "tf1_recipes") + folders("legacy_examples", EXAMPLES),
    package_dir={EXAMPLES: "legacy_examples"},
    package_data={"": ["*.json", "*.md", "*.tsv", "*.txt", "*.pyi", "py.typed"]},
    # On Python 3.7 to 3.9 TensorFlow is the user's own 1.15, whatever its package is called
    # (tensorflow, tensorflow-gpu, nvidia-tensorflow): it and its NumPy stay as they are.
    install_requires=modern(["tensorflow>=2.15", "tf-keras>=2.15"]) + [
        # TF1 code was written for value-based promotion, which NumPy 2 dropped;
        # there is no NumPy below 2 for Python 3.13.
        "numpy>=1.16; python_version<'3.10'",
        "numpy>=1.26,<2; python_version>='3.10' and python_version<'3.13'",
        "numpy>=2.1; python_version>='3.13'",
        "rich>=13.6",
    ],
    extras_require={
        "run": modern(RUN),
        "plot": modern(PLOT) + ["matplotlib>=3.3; python_version<'3.10'"],
        "all": modern(RUN + PLOT),
        # The recipes as they are written today; Keras 3 comes with TensorFlow.
        "pytorch": ["torch>=2"],
        "jax": ["jax>=0.4", "optax>=0.2.5"],
        "test": modern(RUN + PLOT) + [
            "pytest>=8", "pytest-xdist>=3", "hypothesis>=6", "scikit-learn>=1.3", "pandas>=2",
            "tensorboard>=2.15", "xarray>=2023.1", "safetensors>=0.4"],
        "lint": ["ruff", "mypy"],
        "docs": ["mkdocs>=1.6", "mkdocstrings[python]>=0.26"],
    },
    entry_points={
        "console_scripts": ["tf1-recipes = tf1_recipes.cli:main"],
        # By the module's own name, so that `pytest -p` means the same plugin, not a second one.
        "pytest11": ["tf1_recipes.recording.pytest_plugin = tf1_recipes.recording.pytest_plugin"],
    },
    classifiers=[
        "Development Status :: 4 - Beta",
        "Environment :: Console",
        "Intended Audience :: Developers",
        "Intended Audience :: Science/Research",
        "Operating System :: POSIX :: Linux",
        "Programming Language :: Python :: 3",
        "Programming Language :: Python :: 3 :: Only",
        "Programming Language :: Python :: 3.7",
        "Programming Language :: Python :: 3.10",
        "Programming Language :: Python :: 3.11",
        "Programming Language :: Python :: 3.12",
        "Programming Language :: Python :: 3.13",
        "Topic :: Scientific/Engineering :: Artificial Intelligence",
        "Topic :: Software Development :: Libraries :: Python Modules",
        "Topic :: Software Development :: Testing",
    ],
)
