"""Streamlit: pages that read like a table of contents, and the map component."""
