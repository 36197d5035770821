"""The photo or the document that goes with an announcement."""

from dataclasses import dataclass

from civic.model.broadcast import Broadcast
from civic.ports import UnitOfWork


@dataclass(frozen=True, slots=True)
class Attachment:
    """A stored file with its bytes."""

    id: int
    """Among the photos, or among the documents."""
    content: bytes
    name: str | None = None
    """The name of a document; None for a photo."""


async def attachment_of(work: UnitOfWork, broadcast: Broadcast) -> Attachment | None:
    """Return what goes with the text; None when nothing does, or when it is gone."""
    document, photo = broadcast.document, broadcast.photo
    if document is not None:
        stored = await work.documents.get(document.id)
        return None if stored is None else Attachment(document.id, stored[0], document.name)
    stored = None if photo is None else await work.pictures.get(photo)
    return None if photo is None or stored is None else Attachment(photo, stored[0])
