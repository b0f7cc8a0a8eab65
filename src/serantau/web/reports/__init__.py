"""Reports to download: the region's and each member's, as PDF and as DOCX."""
