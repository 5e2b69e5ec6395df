# What is known of libraries: the look-ups, and the file held against the libraries that are installed.
cb_unit_test(analyzer-stubs ${CMAKE_CURRENT_LIST_DIR}/test_stubs.c LIBS cb_analyzer)
set_tests_properties(unit-analyzer-stubs PROPERTIES LABELS analyzer)
add_test(NAME analyzer-stubs-check COMMAND ${CB_PYTHON} ${CMAKE_CURRENT_LIST_DIR}/stubs_check.py)
set_tests_properties(analyzer-stubs-check PROPERTIES LABELS analyzer TIMEOUT 300)
