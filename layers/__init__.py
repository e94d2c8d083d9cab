"""What the layers mean: vocabulary, schemas, rules, labels and styles; no files, no database, no clock."""
