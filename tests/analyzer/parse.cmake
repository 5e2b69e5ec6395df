add_executable(ast_dump ${CMAKE_CURRENT_LIST_DIR}/ast_dump.c)
target_link_libraries(ast_dump PRIVATE cb_analyzer cb_base)
add_test(NAME analyzer-ast COMMAND ${CB_PYTHON} ${CMAKE_CURRENT_LIST_DIR}/ast_diff.py $<TARGET_FILE:ast_dump>)
set_tests_properties(analyzer-ast PROPERTIES LABELS analyzer TIMEOUT 1500)
