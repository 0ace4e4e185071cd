"""What the desktop programs share in Qt: tokens, fonts, item views, QR view, scan source."""
