"""Histories and statements as documents that leave the house: JSON, CSV and PDF.

All three say the same: what a wallet held, every line, what it held then. Times are UTC.
"""

from wallets.statements.documents import line_document, statement_document
from wallets.statements.drawing import balance_drawing
from wallets.statements.paper import statement_pdf
from wallets.statements.reading import MOST_LINES, Statement, read_statement
from wallets.statements.sheet import history_csv, statement_csv

__all__ = [
    "MOST_LINES",
    "Statement",
    "balance_drawing",
    "history_csv",
    "line_document",
    "read_statement",
    "statement_csv",
    "statement_document",
    "statement_pdf",
]
