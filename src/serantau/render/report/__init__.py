"""Reports: what they say is composed as data, then written as PDF or as DOCX."""

from serantau.render.report.compose import compose
from serantau.render.report.errors import ReportError
from serantau.render.report.material import Material
from serantau.render.report.model import Report
from serantau.render.report.writing import FORMATS, write

__all__ = ["FORMATS", "Material", "Report", "ReportError", "compose", "write"]
