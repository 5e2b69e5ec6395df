cb_unit_test(roots ${CMAKE_CURRENT_LIST_DIR}/test_roots.c LIBS cb_execute)
cb_unit_test(channel ${CMAKE_CURRENT_LIST_DIR}/test_channel.c LIBS cb_execute)
