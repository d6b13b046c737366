"""Installs tf1_recipes: the package, its legacy examples and the command ``tf1-recipes``."""
from setuptools import find_packages, setup

with open("README.md", encoding="utf-8") as readme:
    LONG_DESCRIPTION = readme.read()

# The examples live at the top level, where they are read and run as they stand;
# an installed package carries a copy, so that `tf1-recipes verify` works anywhere.
EXAMPLES = "tf1_recipes.legacy_examples"
PORTS = ["%s.ports.%s" % (EXAMPLES, folder) for folder in ("pytorch", "keras", "jax")]

setup(
    name="tf1_recipes",
    version="0.2.0",
    description="The classic TensorFlow 1 graph-mode recipes, reproduced, hardened and verified",
    long_description=LONG_DESCRIPTION,
    long_description_content_type="text/markdown",
    license="Apache-2.0",
    license_files=["LICENSE"],
    python_requires=">=3.10,<3.14",
    packages=find_packages(include=["tf1_recipes", "tf1_recipes.*"]) + [EXAMPLES] + PORTS,
    package_dir={EXAMPLES: "legacy_examples"},
    package_data={"tf1_recipes": ["py.typed", "*.pyi", "*/*.pyi",
                                   "evidence/recipes/*/*.json", "evidence/recipes/README.md",
                                   "legacy/NAMES.md", "legacy/contrib/*.md", "guide/*.md",
                                   "legacy/contrib/*.tsv", "legacy/contrib/*.txt"],
                  **dict.fromkeys(PORTS, ["*.json", "*.md"])},
    install_requires=[
        "tensorflow>=2.15",
        "tf-keras>=2.15",
        "tf-slim>=1.1",
        # tf.estimator left TensorFlow with 2.16; its last release works with today's.
        "tensorflow-estimator>=2.15",
        # Translates Python 2.
        "fissix>=24.4",
        # TF1 code was written for value-based promotion, which NumPy 2 dropped;
        # there is no NumPy below 2 for Python 3.13.
        "numpy>=1.26,<2; python_version<'3.13'",
        "numpy>=2.1; python_version>='3.13'",
        "rich>=13",
    ],
    extras_require={
        "plot": ["matplotlib>=3.7"],
        # The recipes as they are written today; Keras 3 comes with TensorFlow.
        "pytorch": ["torch>=2"],
        "jax": ["jax>=0.4", "optax>=0.2.5"],
        "test": ["pytest>=8", "pytest-xdist>=3", "hypothesis>=6", "scikit-learn>=1.3",
                 "pandas>=2", "matplotlib>=3.7", "tensorboard>=2.15"],
        "lint": ["mypy", "ruff"],
        "docs": ["mkdocs>=1.6", "mkdocstrings[python]>=0.26"],
    },
    entry_points={
        "console_scripts": ["tf1-recipes = tf1_recipes.cli:main"],
        # By the module's own name, so that `pytest -p` means the same plugin, not a second one.
        "pytest11": ["tf1_recipes.recording.pytest_plugin = tf1_recipes.recording.pytest_plugin"],
    },
    classifiers=[
        "Programming Language :: Python :: 3",
        "Programming Language :: Python :: 3.10",
        "Programming Language :: Python :: 3.11",
        "Programming Language :: Python :: 3.12",
        "Programming Language :: Python :: 3.13",
        "Topic :: Scientific/Engineering",
    ],
)
