cb_unit_test(images ${CMAKE_CURRENT_LIST_DIR}/test_images.c LIBS cb_images)
