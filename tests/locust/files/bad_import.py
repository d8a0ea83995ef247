# A file that raises while it is read.
import a_module_that_does_not_exist
