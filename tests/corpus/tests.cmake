# Left out, and said so, where ../shared/tools/corpus.py or its notebooks are not there.
set(CB_CORPUS_OPTION "")
if(TARGET cellblock)
  set(CB_CORPUS_OPTION --binary $<TARGET_FILE:cellblock>)
endif()
add_test(NAME corpus-quick COMMAND ${CB_PYTHON} ${CMAKE_CURRENT_LIST_DIR}/check.py ${CB_CORPUS_OPTION} --cache ${CMAKE_BINARY_DIR}/corpus-cache)
set_tests_properties(corpus-quick PROPERTIES LABELS corpus SKIP_RETURN_CODE 77 TIMEOUT 1800 RUN_SERIAL TRUE)
