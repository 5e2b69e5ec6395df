# Left out, and said so, where ../shared/tools/corpus.py or its notebooks are not there.
set(CB_CORPUS_OPTION "")
if(TARGET cellblock)
  set(CB_CORPUS_OPTION --binary $<TARGET_FILE:cellblock>)
endif()
add_test(NAME corpus-quick COMMAND ${CB_PYTHON} ${CMAKE_CURRENT_LIST_DIR}/check.py ${CB_CORPUS_OPTION} --cache ${CMAKE_BINARY_DIR}/corpus-cache
         --reports ${CMAKE_BINARY_DIR}/corpus-reports)
set_tests_properties(corpus-quick PROPERTIES LABELS corpus SKIP_RETURN_CODE 77 TIMEOUT 1800 RUN_SERIAL TRUE)
# What the analyzer predicts for the notebooks that corpus-quick has run, against what they did.
add_test(NAME analyzer-reality COMMAND ${CB_PYTHON} ${CMAKE_CURRENT_LIST_DIR}/reality.py ${CB_CORPUS_OPTION} --reports ${CMAKE_BINARY_DIR}/corpus-reports)
set_tests_properties(analyzer-reality PROPERTIES LABELS "corpus;analyzer" SKIP_RETURN_CODE 77 TIMEOUT 300 DEPENDS corpus-quick)
