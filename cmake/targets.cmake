# reconciled_library(NAME SOURCES ... HEADERS ... DEPENDS ... PRIVATE ...)
#   One static library a folder. DEPENDS are folders below it (public), PRIVATE are third-party libraries.
#   HEADERS are verified to compile alone by the target all_verify_interface_header_sets.
function(reconciled_library name)
  cmake_parse_arguments(ARG "" "" "SOURCES;HEADERS;DEPENDS;PRIVATE" ${ARGN})
  add_library(${name} STATIC ${ARG_SOURCES})
  target_sources(${name} PUBLIC FILE_SET headers TYPE HEADERS BASE_DIRS ${PROJECT_SOURCE_DIR} FILES ${ARG_HEADERS})
  set_target_properties(${name} PROPERTIES VERIFY_INTERFACE_HEADER_SETS ON)
  target_link_libraries(${name} PUBLIC reconciled_settings ${ARG_DEPENDS} PRIVATE ${ARG_PRIVATE})
  reconciled_precompile(${name})
endfunction()

# No absolute path may be in what the compiler is given, or checkouts could not share a compiler cache: clang is told of the
# header by its name below the root, and not to write times into what it makes.
if(CMAKE_CXX_COMPILER_ID STREQUAL "Clang")
  set(CMAKE_CXX_COMPILE_OPTIONS_CREATE_PCH -Xclang -emit-pch -Xclang -fno-pch-timestamp -Xclang -include -Xclang cmake/std_pch.h -x c++-header)
  set(CMAKE_CXX_COMPILE_OPTIONS_USE_PCH -Xclang -include-pch -Xclang <PCH_FILE>)
endif()

function(reconciled_precompile name)
  if(RECONCILED_PCH)
    target_precompile_headers(${name} PRIVATE [["cmake/std_pch.h"]])
  endif()
endfunction()

# reconciled_program(NAME SOURCES ... DEPENDS ... PRIVATE ...)
function(reconciled_program name)
  cmake_parse_arguments(ARG "" "" "SOURCES;DEPENDS;PRIVATE" ${ARGN})
  add_executable(${name} ${ARG_SOURCES})
  target_link_libraries(${name} PRIVATE reconciled_settings ${ARG_DEPENDS} ${ARG_PRIVATE})
  reconciled_precompile(${name})
endfunction()

# reconciled_test(FOLDER SOURCES ... DEPENDS ... PRIVATE ... LABELS ...)
#   The doctest binary test_FOLDER, one ctest entry of the same name. It runs at the root of the checkout, and its paths begin there.
function(reconciled_test folder)
  cmake_parse_arguments(ARG "" "TIMEOUT" "SOURCES;DEPENDS;PRIVATE;LABELS" ${ARGN})
  set(name test_${folder})
  add_executable(${name} ${ARG_SOURCES})
  target_link_libraries(${name} PRIVATE ${ARG_DEPENDS} test_main doctest::doctest ${ARG_PRIVATE})
  target_compile_definitions(${name} PRIVATE RECONCILED_TESTDATA="testdata")
  reconciled_precompile(${name})
  add_test(NAME ${folder} COMMAND ${name} WORKING_DIRECTORY ${PROJECT_SOURCE_DIR})
  if(NOT ARG_TIMEOUT)
    set(ARG_TIMEOUT 300)
  endif()
  set_tests_properties(${folder} PROPERTIES TIMEOUT ${ARG_TIMEOUT} LABELS "${ARG_LABELS}")
endfunction()
