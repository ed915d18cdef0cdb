"""Painted strips of tracks, kept so that sliding the view only copies pixels."""

from collections import OrderedDict
from collections.abc import Hashable

from PyQt6.QtGui import QImage

STRIP_COLUMNS = 512
_LARGEST_BYTES = 160_000_000


class StripCache:
    """Images by key; the least recently used leave when `largest_bytes` is passed."""

    def __init__(self, largest_bytes: int = _LARGEST_BYTES) -> None:
        self._images: OrderedDict[Hashable, QImage] = OrderedDict()
        self._largest_bytes = largest_bytes
        self._bytes = 0
        self.painted = 0

    def get(self, key: Hashable) -> QImage | None:
        """The image of this key, if it is still here."""
        image = self._images.get(key)
        if image is not None:
            self._images.move_to_end(key)
        return image

    def put(self, key: Hashable, image: QImage) -> None:
        """Keep an image."""
        self._images[key] = image
        self._bytes += image.sizeInBytes()
        self.painted += 1
        while self._bytes > self._largest_bytes and len(self._images) > 1:
            _, oldest = self._images.popitem(last=False)
            self._bytes -= oldest.sizeInBytes()

    def clear(self) -> None:
        """Forget everything."""
        self._images.clear()
        self._bytes = 0
