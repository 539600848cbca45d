"""botocore's descriptions of AWS's services, read as fast as a cold start wants them.

Every client starts with several JSON files of botocore's. Its own loader decodes them with the standard library, and
looks into the folders of all 400 services to find one. Both can be replaced: a session takes its loader as a component.
"""

import gzip
from pathlib import Path
from typing import Any

import msgspec
from botocore.loaders import JSONFileLoader, Loader

SERVICES = ("dynamodb", "events", "s3", "secretsmanager", "sqs")
"""The services that Rollcall calls."""


class ServiceModels(Loader):
    """Finds the models of Rollcall's services, and of no other."""

    def __init__(self) -> None:
        super().__init__(file_loader=_Files())

    def list_available_services(self, type_name: str) -> list[str]:  # noqa: ARG002  # botocore passes it
        """botocore asks whether it knows a service."""
        return list(SERVICES)


class _Files(JSONFileLoader):
    def load_file(self, file_path: str) -> Any:  # noqa: ANN401  # whatever the file holds
        """The content of a file, named without its suffix; None if there is no such file."""
        for suffix, decompress in _SUFFIXES:
            file = Path(file_path + suffix)
            if file.is_file():
                return msgspec.json.decode(decompress(file.read_bytes()))
        return None


def _as_it_is(content: bytes) -> bytes:
    return content


_SUFFIXES = ((".json", _as_it_is), (".json.gz", gzip.decompress))
