"""Process packages: read from wherever they come, within bounds; and what stands in them apart from the diagrams."""

from engine.packages.errors import PackageError
from engine.packages.manifest import Manifest, Parameter
from engine.packages.package import Package
from engine.packages.readers import read_files, read_folder, read_zip
from engine.packages.yaml12 import YamlError, load_yaml

__all__ = [
    "Manifest",
    "Package",
    "PackageError",
    "Parameter",
    "YamlError",
    "load_yaml",
    "read_files",
    "read_folder",
    "read_zip",
]
