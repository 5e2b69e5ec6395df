add_executable(ipython_dump ${CMAKE_CURRENT_LIST_DIR}/ipython_dump.c)
target_link_libraries(ipython_dump PRIVATE cb_analyzer cb_base)
add_test(NAME analyzer-ipython COMMAND ${CB_PYTHON} ${CMAKE_CURRENT_LIST_DIR}/ipython_diff.py --dump $<TARGET_FILE:ipython_dump>)
set_tests_properties(analyzer-ipython PROPERTIES LABELS analyzer SKIP_RETURN_CODE 77 TIMEOUT 900)
