# Dependencies between cells, from effects made by hand.
cb_unit_test(analyzer-graph ${CMAKE_CURRENT_LIST_DIR}/test_graph.c LIBS cb_analyzer)
cb_unit_test(analyzer-imports ${CMAKE_CURRENT_LIST_DIR}/test_imports.c LIBS cb_analyzer)
