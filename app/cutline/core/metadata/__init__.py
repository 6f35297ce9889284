"""Reading and writing captions: every carrier of a file reconciled, and changed by splices only.

    file ─ detect ─> container.parse ─> blocks ─ fields.carriers, reconciled ─> Caption                       (read)
    Caption ─ plan.planned ─> new blocks ─ container.splices ─ splice.minimal ─ apply.applied, verify ─> file   (write)

Containers (JPEG, PNG, WebP) know where blocks stand, blocks (EXIF, XMP, IPTC) know what they say, and neither knows the
other. A sidecar beside the file takes part in both directions.
"""

from cutline.core.metadata.reading import picture_hash, read
from cutline.core.metadata.writing import write

__all__ = ["picture_hash", "read", "write"]
