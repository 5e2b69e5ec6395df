# The sandbox's tests: a stand-in for the agent, and probes that run inside cells.
set(CB_TEST_SANDBOX ${CMAKE_CURRENT_LIST_DIR})
add_executable(cb_test_zygote ${CB_TEST_SANDBOX}/zygote.c ${CB_TEST_SANDBOX}/probes.c)
# Its own code goes without sanitizers: the probes attack, and call with wild pointers.
target_compile_options(cb_test_zygote PRIVATE -fno-sanitize=all)
target_link_libraries(cb_test_zygote PRIVATE cb_enter)
cb_unit_test(sandbox ${CB_TEST_SANDBOX}/test_sandbox.c ${CB_TEST_SANDBOX}/harness.c LIBS cb_sandbox)
add_dependencies(test-sandbox cb_test_zygote)
target_compile_definitions(test-sandbox PRIVATE CB_TEST_ZYGOTE_PATH="$<TARGET_FILE:cb_test_zygote>")

add_executable(bench-spawn ${CB_TEST_SANDBOX}/bench_spawn.c ${CB_TEST_SANDBOX}/harness.c)
target_link_libraries(bench-spawn PRIVATE cb_sandbox PkgConfig::CMOCKA)
add_dependencies(bench-spawn cb_test_zygote)
target_compile_definitions(bench-spawn PRIVATE CB_TEST_ZYGOTE_PATH="$<TARGET_FILE:cb_test_zygote>")
