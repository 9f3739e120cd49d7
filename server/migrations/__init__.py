"""The steps that bring a database to the tables of this version. There is no way down: restore a backup."""
