foreach(part parse workspace options progress terminal)
  cb_unit_test(cli-${part} ${CMAKE_CURRENT_LIST_DIR}/test_${part}.c LIBS cb_cli)
endforeach()
