add_executable(symtable_dump ${CMAKE_CURRENT_LIST_DIR}/symtable_dump.c)
target_link_libraries(symtable_dump PRIVATE cb_analyzer cb_base)
add_test(NAME analyzer-symtable COMMAND ${CB_PYTHON} ${CMAKE_CURRENT_LIST_DIR}/symtable_diff.py --dump $<TARGET_FILE:symtable_dump>)
set_tests_properties(analyzer-symtable PROPERTIES LABELS analyzer SKIP_RETURN_CODE 77 TIMEOUT 600)
