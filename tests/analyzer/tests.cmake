include(${CMAKE_CURRENT_LIST_DIR}/graph.cmake)
include(${CMAKE_CURRENT_LIST_DIR}/stubs.cmake)

# Small notebooks, each with one trap, and what must be predicted for them (cases/).
if(TARGET cellblock)
  add_test(NAME analyzer-cases COMMAND ${CB_PYTHON} ${CMAKE_CURRENT_LIST_DIR}/cases.py --binary $<TARGET_FILE:cellblock>)
  set_tests_properties(analyzer-cases PROPERTIES LABELS analyzer SKIP_RETURN_CODE 77 TIMEOUT 120)
endif()
# Huge and hostile cells.
cb_unit_test(analyzer-limits ${CMAKE_CURRENT_LIST_DIR}/test_limits.c LIBS cb_analyzer)
set_tests_properties(unit-analyzer-limits PROPERTIES LABELS analyzer TIMEOUT 300 RUN_SERIAL TRUE)
add_executable(analyze_bench ${CMAKE_CURRENT_LIST_DIR}/../bench/analyze_bench.c)
target_link_libraries(analyze_bench PRIVATE cb_analyzer cb_base)
# cmake -DCMAKE_C_COMPILER=clang -DCB_FUZZ=ON -DCB_SANITIZE=address,undefined,fuzzer-no-link; then tests/analyzer/fuzz.sh runs it for a minute.
if(CB_FUZZ AND CMAKE_C_COMPILER_ID STREQUAL "Clang")
  add_executable(fuzz-analyze ${CMAKE_CURRENT_LIST_DIR}/fuzz_analyze.c)
  target_link_libraries(fuzz-analyze PRIVATE cb_analyzer cb_base)
  target_link_options(fuzz-analyze PRIVATE -fsanitize=fuzzer)
endif()
add_test(NAME analyzer-fuzz COMMAND ${CMAKE_CURRENT_LIST_DIR}/fuzz.sh ${CMAKE_BINARY_DIR})
set_tests_properties(analyzer-fuzz PROPERTIES LABELS analyzer SKIP_RETURN_CODE 77 TIMEOUT 900)
include(${CMAKE_CURRENT_LIST_DIR}/ipython.cmake)
include(${CMAKE_CURRENT_LIST_DIR}/parse.cmake)
include(${CMAKE_CURRENT_LIST_DIR}/symtable.cmake)
