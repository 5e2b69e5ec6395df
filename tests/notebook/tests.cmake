# Tests of runtime/notebook.
add_executable(notebook-tool ${CMAKE_CURRENT_LIST_DIR}/notebook_tool.c)
target_link_libraries(notebook-tool PRIVATE cb_notebook cb_base)
foreach(what corpus floats parameters)
  add_test(NAME notebook-${what}
           COMMAND ${CB_PYTHON} ${CMAKE_CURRENT_LIST_DIR}/compare_nbformat.py $<TARGET_FILE:notebook-tool> ${what})
  set_tests_properties(notebook-${what} PROPERTIES SKIP_RETURN_CODE 77 TIMEOUT 300)
endforeach()
foreach(part cases outputs parameters)
  cb_unit_test(notebook-${part} ${CMAKE_CURRENT_LIST_DIR}/test_${part}.c LIBS cb_notebook)
endforeach()
target_compile_definitions(test-notebook-cases PRIVATE CB_CASES="${CMAKE_CURRENT_LIST_DIR}/cases")
# cmake -DCMAKE_C_COMPILER=clang -DCB_FUZZ=ON -DCB_SANITIZE=address,undefined,fuzzer-no-link, then run fuzz-notebook.
if(CB_FUZZ AND CMAKE_C_COMPILER_ID STREQUAL "Clang")
  add_executable(fuzz-notebook ${CMAKE_CURRENT_LIST_DIR}/fuzz_notebook.c)
  target_link_libraries(fuzz-notebook PRIVATE cb_notebook cb_base)
  target_link_options(fuzz-notebook PRIVATE -fsanitize=fuzzer)
endif()
