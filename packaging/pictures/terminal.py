#!/usr/bin/python3
"""terminal.py TITLE: what a terminal showed, on stdin with its colours, as an SVG on stdout that loads nothing."""

import re
import sys
from html import escape

# its own background, so that it can be read on a white page and on a dark one
BACKGROUND, FOREGROUND, DIM = "#16202a", "#d8dee6", "#8b98a5"
COLOURS = {31: "#ff7b72", 32: "#7ee087", 33: "#f2cc60", 34: "#79c0ff", 35: "#d2a8ff", 36: "#76e3ea"}
SIZE, WIDTH, HEIGHT, MARGIN = 15, 9.03, 21, 14
CODE = re.compile(r"\x1b\[([0-9;]*)m")
# where two blanks stand, a column begins: it gets a place of its own, whatever the widths of the reader's font
COLUMN = re.compile(r"\S+(?: \S+)*")


def pieces(line):
    """Each piece of a line with the codes in force."""
    codes, end = set(), 0
    for found in CODE.finditer(line):
        yield line[end : found.start()], frozenset(codes)
        for code in map(int, filter(None, found[1].split(";") or ["0"])):
            codes.add(code) if code else codes.clear()
        if not found[1]:
            codes.clear()
        end = found.end()
    yield line[end:], frozenset(codes)


def drawn(line, row):
    """The line as elements."""
    column = 0
    for text, codes in pieces(line):
        colour = next((COLOURS[code] for code in codes if code in COLOURS), DIM if 2 in codes else FOREGROUND)
        weight = ' font-weight="bold"' if 1 in codes else ""
        for words in COLUMN.finditer(text):
            x, y = MARGIN + (column + words.start()) * WIDTH, MARGIN + row * HEIGHT + SIZE
            yield f'<text x="{x:.1f}" y="{y}" fill="{colour}"{weight}>{escape(words[0])}</text>'
        column += len(text)


def main():
    lines = sys.stdin.read().rstrip("\n").split("\n")
    width = max(len(CODE.sub("", line).rstrip()) for line in lines) * WIDTH + 2 * MARGIN
    height = len(lines) * HEIGHT + 2 * MARGIN
    print(f'<svg xmlns="http://www.w3.org/2000/svg" width="{width:.0f}" height="{height}" viewBox="0 0 {width:.0f} {height}"')
    print(f' font-family="DejaVu Sans Mono, Menlo, Consolas, monospace" font-size="{SIZE}">')
    print(f"<title>{escape(sys.argv[1])}</title>")
    print(f'<rect width="100%" height="100%" rx="8" fill="{BACKGROUND}"/>')
    for row, line in enumerate(lines):
        print(*drawn(line, row), sep="\n")
    print("</svg>")


main()
