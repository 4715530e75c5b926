"""The forms of the written report: a page, a PDF, a workbook, a packet of data, each from one document."""
