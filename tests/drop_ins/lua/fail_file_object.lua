-- counts: exact
-- without: ^fail_file_object.lua: 
error({})
