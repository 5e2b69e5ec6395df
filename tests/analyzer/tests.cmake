include(${CMAKE_CURRENT_LIST_DIR}/graph.cmake)
include(${CMAKE_CURRENT_LIST_DIR}/stubs.cmake)

# Small notebooks, each with one trap, and what must be predicted for them (cases/).
if(TARGET cellblock)
  add_test(NAME analyzer-cases COMMAND ${CB_PYTHON} ${CMAKE_CURRENT_LIST_DIR}/cases.py --binary $<TARGET_FILE:cellblock>)
  set_tests_properties(analyzer-cases PROPERTIES LABELS analyzer SKIP_RETURN_CODE 77 TIMEOUT 120)
endif()
