# A file that is no Python: of our own frames nothing is shown.
# theirs: ^Traceback
from locust import HttpUser

class Broken(HttpUser)
    pass
