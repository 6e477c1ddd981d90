# Turns files into C strings: cmake -DOUTPUT=x.c "-DFILES=report.css;report.js" -P embed.cmake gives report_css and report_js.
# Bytes and not string literals: C17 guarantees literals of 4,095 bytes only.
set(arrays "")
foreach(file ${FILES})
  get_filename_component(name ${file} NAME)
  string(REPLACE "." "_" name ${name})
  file(READ ${file} hex HEX)
  string(REGEX REPLACE "([0-9a-f][0-9a-f])" "'\\\\x\\1'," bytes "${hex}")
  string(APPEND arrays "const char ${name}[] = {${bytes}0};\n")
endforeach()
file(WRITE ${OUTPUT} "/* Made by src/campaign/embed.cmake. */\n#include \"report_assets.h\"\n\n${arrays}")
