# The IPython side of a cell, by itself: units, and every snippet of cases.py against nbclient (left out where it is not installed).
add_test(NAME shell-unit COMMAND ${CB_PYTHON} ${CMAKE_CURRENT_LIST_DIR}/unit.py)
add_test(NAME shell-nbclient COMMAND ${CB_PYTHON} ${CMAKE_CURRENT_LIST_DIR}/compare.py -v)
set_tests_properties(shell-nbclient PROPERTIES SKIP_RETURN_CODE 77 TIMEOUT 300)
set_tests_properties(shell-unit PROPERTIES TIMEOUT 120)
