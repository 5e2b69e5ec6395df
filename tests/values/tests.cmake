# The Python half against one-process runs of the same sources; builds the native half alone into a temporary folder.
add_test(NAME values COMMAND ${CB_PYTHON} ${CMAKE_SOURCE_DIR}/tests/values/run.py)
