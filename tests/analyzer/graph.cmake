# Dependencies between cells, from effects made by hand.
cb_unit_test(analyzer-graph ${CMAKE_CURRENT_LIST_DIR}/test_graph.c LIBS cb_analyzer)
cb_unit_test(analyzer-imports ${CMAKE_CURRENT_LIST_DIR}/test_imports.c LIBS cb_analyzer)

# The commands analyze and survey.
if(TARGET cellblock)
  add_test(NAME analyzer-cli COMMAND ${CB_PYTHON} ${CMAKE_CURRENT_LIST_DIR}/cli_analyze.py --binary $<TARGET_FILE:cellblock>)
  set_tests_properties(analyzer-cli PROPERTIES LABELS analyzer SKIP_RETURN_CODE 77 TIMEOUT 300)
endif()
