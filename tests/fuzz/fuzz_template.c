/* A template on the first line, and the names of the columns on the others; they are the cells, too. */
#include "campana/error.h"
#include "campana/template.h"
#include "campana/utf8.h"
#include "fuzz.h"
#include <string.h>

#define NAMES_MOST 16

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct slice lines[NAMES_MOST + 1] = {{"", 0}};
    size_t count = 0;
    struct template *template = NULL;
    struct buffer out = {0};
    struct error error;
    if (!utf8_valid((const char *)data, size))
        return 0;
    for (const char *at = (const char *)data, *end = at + size; at < end && count <= NAMES_MOST;) {
        const char *line_end = memchr(at, '\n', (size_t)(end - at));
        line_end = line_end == NULL ? end : line_end;
        lines[count++] = (struct slice){at, (size_t)(line_end - at)};
        at = line_end + 1;
    }
    size_t names = count == 0 ? 0 : count - 1;
    if (template_parse(lines[0], lines + 1, names, &template, &error) == 0) {
        size_t column = NAMES_MOST;
        for (size_t cells = 0; cells <= names; cells++) {
            if (template_render(template, lines + 1, cells, &out, &column) != 0)
                MUST(column < names);
            MUST(!out.failed && utf8_valid(out.data, out.len));
        }
    } else {
        MUST(error.kind == ERROR_INPUT && error.text[0] != '\0');
    }
    template_free(template);
    buffer_free(&out);
    return 0;
}
