# A file that raises while it is read. Ours says what to do, too.
# ours: install it for this Python
import a_module_that_does_not_exist
