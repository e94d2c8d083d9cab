"""The templates: each reads one claim from a snapshot and says it in title, figures, legend and call-out."""
