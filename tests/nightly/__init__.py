"""What is looked at each night: every page of the sample as a person with eyes and other programs would read it."""
