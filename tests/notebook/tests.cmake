# Tests of runtime/notebook and analyzer.
add_executable(notebook-tool ${CMAKE_CURRENT_LIST_DIR}/notebook_tool.c)
target_link_libraries(notebook-tool PRIVATE cb_notebook cb_base)
foreach(what corpus floats parameters)
  add_test(NAME notebook-${what}
           COMMAND ${CB_PYTHON} ${CMAKE_CURRENT_LIST_DIR}/compare_nbformat.py $<TARGET_FILE:notebook-tool> ${what})
  set_tests_properties(notebook-${what} PROPERTIES SKIP_RETURN_CODE 77 TIMEOUT 300)
endforeach()
