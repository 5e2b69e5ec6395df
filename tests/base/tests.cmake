cb_unit_test(base ${CMAKE_CURRENT_LIST_DIR}/test_base.c)
