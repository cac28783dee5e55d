"""Messages of E2B(R3) against the schemas of ICH, which the user has: they are not shipped."""

from copy import deepcopy
from functools import lru_cache
from pathlib import Path

from lxml import etree  # pyright: ignore[reportAttributeAccessIssue]

from pv.errors import UsageError
from pv.sources.xml import OPTIONS, Element

# What the batch of a message must have to be valid; the message is put into it.
_SHELL = b"""<MCCI_IN200100UV01 xmlns="urn:hl7-org:v3" ITSVersion="XML_1.0">
<id root="2.16.840.1.113883.3.989.2.1.3.22" extension="1"/><creationTime value="20240101"/>
<responseModeCode code="D"/>
<interactionId root="2.16.840.1.113883.1.6" extension="MCCI_IN200100UV01"/>
<name code="1" codeSystem="2.16.840.1.113883.3.989.2.1.1.1"/>
<receiver typeCode="RCV"><device classCode="DEV" determinerCode="INSTANCE">
<id root="2.16.840.1.113883.3.989.2.1.3.14" extension="1"/></device></receiver>
<sender typeCode="SND"><device classCode="DEV" determinerCode="INSTANCE">
<id root="2.16.840.1.113883.3.989.2.1.3.13" extension="1"/></device></sender>
</MCCI_IN200100UV01>"""
_BEFORE_MESSAGES = 5


def found(path: Path) -> Path:
    """The schema of a batch at this path, or in a folder below it. Raises `UsageError`."""
    file = path if path.is_file() else next(iter(sorted(path.rglob("MCCI_IN200100UV01.xsd"))), None)
    if file is None:
        raise UsageError(f"setting e2b_schemas: no MCCI_IN200100UV01.xsd in {path}")
    _schema(file)
    return file


def problem(message: Element, schema: Path) -> tuple[int, str] | None:
    """The line of the first thing that is not valid in a message, and its kind; None: all is."""
    shell = etree.fromstring(_SHELL)
    shell.insert(_BEFORE_MESSAGES, deepcopy(message))
    judge = _schema(schema)
    if judge.validate(shell):
        return None
    first = judge.error_log[0]
    # Its message quotes the file.
    return first.line, first.type_name.removeprefix("SCHEMAV_").lower()


@lru_cache(maxsize=1)
def _schema(file: Path) -> etree.XMLSchema:
    try:
        return etree.XMLSchema(etree.parse(file, etree.XMLParser(**OPTIONS)))
    except (OSError, etree.XMLSyntaxError, etree.XMLSchemaParseError) as error:
        raise UsageError(
            f"setting e2b_schemas: {file} is no schema ({type(error).__name__})"
        ) from None
