"""What a scanner reads off a picture: QR codes, and nothing that looks like another kind of bar code."""

from __future__ import annotations

from typing import Any

from zxingcpp import Barcode, BarcodeFormat, BarcodeFormats, read_barcodes

_QR = BarcodeFormats(BarcodeFormat.QRCode)


def qr_codes(picture: Any) -> list[Barcode]:
    """The QR codes on `picture` (of Pillow, NumPy or Qt's bytes), each with its place.

    Asked for every kind of code, the reader now and then takes the modules of a QR code for the stripes
    of a second, linear one.
    """
    return read_barcodes(picture, _QR)


def qr_texts(picture: Any) -> list[str]:
    """The texts of the QR codes on `picture`."""
    return [code.text for code in qr_codes(picture)]
