# Whole notebooks through the real program, against nbclient. Exit status 77: something needed is not there, said why.
set(CB_PROGRAM_OPTION "")
if(TARGET cellblock)
  set(CB_PROGRAM_OPTION --binary $<TARGET_FILE:cellblock>)
endif()
set(CB_ORACLE_CACHE ${CMAKE_BINARY_DIR}/oracle-cache)
add_test(NAME e2e COMMAND ${CB_PYTHON} ${CMAKE_CURRENT_LIST_DIR}/run.py ${CB_PROGRAM_OPTION} --cache ${CB_ORACLE_CACHE})
add_test(NAME e2e-user COMMAND ${CB_PYTHON} ${CMAKE_CURRENT_LIST_DIR}/run.py ${CB_PROGRAM_OPTION} --cache ${CB_ORACLE_CACHE} --subset user --user 65534)
add_test(NAME cli COMMAND ${CB_PYTHON} ${CMAKE_CURRENT_LIST_DIR}/cli_test.py ${CB_PROGRAM_OPTION})
add_test(NAME cli-user COMMAND ${CB_PYTHON} ${CMAKE_CURRENT_LIST_DIR}/cli_test.py ${CB_PROGRAM_OPTION} --user 65534)
set_tests_properties(e2e e2e-user cli cli-user PROPERTIES LABELS e2e SKIP_RETURN_CODE 77 TIMEOUT 900)
# One at a time: each looks for what its runs left on the host.
set_tests_properties(e2e e2e-user cli cli-user PROPERTIES RUN_SERIAL TRUE)
set_tests_properties(e2e-user PROPERTIES DEPENDS e2e)
