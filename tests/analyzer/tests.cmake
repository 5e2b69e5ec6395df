include(${CMAKE_CURRENT_LIST_DIR}/graph.cmake)
