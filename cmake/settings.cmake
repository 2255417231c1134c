# How every target is compiled: the language, the warnings, the hardening flags and the lanes (presets choose).
option(RECONCILED_TESTS "build the tests" ON)
option(RECONCILED_BENCH "build the benchmarks" OFF)
option(RECONCILED_FUZZ "build the fuzz targets with libFuzzer (clang only)" OFF)
option(RECONCILED_PCH "precompile the standard headers" ON)
option(RECONCILED_HARDENING "compile and link with the hardening flags of a release" OFF)
set(RECONCILED_SANITIZE "" CACHE STRING "address,undefined | thread | empty")

set(CMAKE_CXX_STANDARD 20)
set(CMAKE_CXX_STANDARD_REQUIRED ON)
set(CMAKE_CXX_EXTENSIONS OFF)
set(CMAKE_POSITION_INDEPENDENT_CODE ON)
set(CMAKE_EXPORT_COMPILE_COMMANDS ON)
set(CMAKE_RUNTIME_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/bin)

include(CheckPIESupported)
check_pie_supported()

add_library(reconciled_settings INTERFACE)
target_include_directories(reconciled_settings INTERFACE ${PROJECT_SOURCE_DIR})
target_compile_options(reconciled_settings INTERFACE
  -pthread -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wnon-virtual-dtor -Woverloaded-virtual -Werror)
if(CMAKE_CXX_COMPILER_ID STREQUAL "Clang")
  # libstdc++ 12's own std::stable_sort uses what it declares deprecated, and clang says so in the unit that includes it.
  target_compile_options(reconciled_settings INTERFACE -Wno-deprecated-declarations)
endif()

if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
  # g++ 12 sees uninitialised optionals and strings that overlap themselves or end early, once it inlines: the sanitizers look for real ones.
  target_compile_options(reconciled_settings INTERFACE
    $<$<CONFIG:Release>:-Wno-maybe-uninitialized>
    $<$<CONFIG:Release>:-Wno-restrict>
    $<$<CONFIG:Release>:-Wno-array-bounds>
    $<$<CONFIG:Release>:-Wno-stringop-overflow>
    $<$<CONFIG:Release>:-Wno-stringop-overread>)
endif()

if(RECONCILED_HARDENING)
  target_compile_options(reconciled_settings INTERFACE
    -fstack-protector-strong -fstack-clash-protection -fcf-protection -U_FORTIFY_SOURCE -D_FORTIFY_SOURCE=3)
  target_compile_definitions(reconciled_settings INTERFACE _GLIBCXX_ASSERTIONS)
  target_link_options(reconciled_settings INTERFACE -Wl,-z,relro,-z,now,-z,noexecstack -pie)
endif()

if(RECONCILED_SANITIZE)
  target_compile_options(reconciled_settings INTERFACE -fsanitize=${RECONCILED_SANITIZE} -fno-omit-frame-pointer)
  target_link_options(reconciled_settings INTERFACE -fsanitize=${RECONCILED_SANITIZE})
  if(RECONCILED_SANITIZE MATCHES undefined)
    # The address sanitizer finds what these three would, and they cost a tenth of the lane's compile time.
    target_compile_options(reconciled_settings INTERFACE -fno-sanitize-recover=undefined -fno-sanitize=null,vptr,object-size)
  endif()
endif()
if(RECONCILED_FUZZ)
  target_compile_options(reconciled_settings INTERFACE -fsanitize=fuzzer-no-link)
endif()

# A command that needs no network must not load its libraries.
target_link_options(reconciled_settings INTERFACE -Wl,--as-needed)

find_program(RECONCILED_MOLD mold)
if(RECONCILED_MOLD)
  target_link_options(reconciled_settings INTERFACE -fuse-ld=mold)
endif()
