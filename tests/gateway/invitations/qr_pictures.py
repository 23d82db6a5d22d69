"""QR codes of pages as pictures, and what a scanner reads of them."""

import re

import zxingcpp
from PIL import Image, ImageDraw

MODULE_PIXELS = 6


def drawn(page: str) -> Image.Image:
    """Draw the QR code of a page as a browser would: its path, line by line."""
    size = int(re.search(r'viewBox="0 0 (\d+) \d+"', page)[1])
    path = re.search(r'<path[^>]* d="([^"]+)"', page)[1]
    image = Image.new("L", (size * MODULE_PIXELS, size * MODULE_PIXELS), 255)
    pen = ImageDraw.Draw(image)
    x = y = 0.0
    for move, run in re.findall(r"[Mm](-?[\d.]+[ ,]?-?[\d.]+)|h(\d+)", path):
        if move:
            dx, dy = map(float, re.findall(r"-?\d*\.?\d+", move))
            absolute = (x, y) == (0.0, 0.0)
            x, y = (dx, dy) if absolute else (x + dx, y + dy)
        else:
            left, top = x * MODULE_PIXELS, (y - 0.5) * MODULE_PIXELS
            right = (x + int(run)) * MODULE_PIXELS - 1
            pen.rectangle([left, top, right, top + MODULE_PIXELS - 1], fill=0)
            x += int(run)
    return image


def read_code(image: Image.Image) -> str:
    found = zxingcpp.read_barcodes(image)
    return found[0].text if found else ""
