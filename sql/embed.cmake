# Turns the numbered migrations into a C table of bytes: cmake -DOUTPUT=x.c "-DMIGRATIONS=a.sql;b.sql" -P embed.cmake
# Bytes and not string literals: C17 guarantees literals of 4,095 bytes only.
set(arrays "")
set(table "")
list(SORT MIGRATIONS)
foreach(file ${MIGRATIONS})
  get_filename_component(stem ${file} NAME_WE)
  string(REGEX MATCH "^[0-9]+" number ${stem})
  math(EXPR version "${number}" OUTPUT_FORMAT DECIMAL)
  file(READ ${file} hex HEX)
  string(REGEX REPLACE "([0-9a-f][0-9a-f])" "0x\\1," bytes "${hex}")
  string(APPEND arrays "static const unsigned char sql_${number}[] = {${bytes}0};\n")
  string(APPEND table "    {${version}, \"${stem}\", (const char *)sql_${number}},\n")
endforeach()
file(WRITE ${OUTPUT}
  "/* Made from sql/ by sql/embed.cmake. */\n"
  "#include \"campana/migrate.h\"\n#include <stddef.h>\n\n${arrays}\n"
  "const struct migration migrations[] = {\n${table}    {0, NULL, NULL},\n};\n")
