"""What the standard library raises for a .zip that is damaged, locked, or packed in a way it does not know."""

import zipfile
import zlib
from typing import Final

# RuntimeError stands for a password, and its subclass for an unknown kind of compression.
UNREADABLE: Final = (zipfile.BadZipFile, zlib.error, EOFError, RuntimeError, OSError)
