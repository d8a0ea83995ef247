# Imported by csv_data.py.
def path_of(what):
    return "/echo/" + what
