"""The hostile campaign: kills, errors, damaged files and races against the built program."""
