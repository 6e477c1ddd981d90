/* Decides what a report is written into and as. */
#include "output_given.h"
#include "campana/error.h"
#include "campana/value.h"
#include <string.h>

const char *output_given(const struct options *options)
{
    const char *path = option_text(options, OPTION_OUTPUT);
    return path == NULL || strcmp(path, "-") == 0 ? NULL : path;
}

enum report_format output_format_given(const struct options *options)
{
    const char *path = output_given(options);
    const char *dot = path == NULL ? NULL : strrchr(path, '.');
    int64_t format = option_given(options, OPTION_EXCEL) ? REPORT_CSV : REPORT_TABLE;
    struct error ignored;
    if (option_given(options, OPTION_FORMAT) || option_given(options, OPTION_EXCEL) || dot == NULL)
        return (enum report_format)option_number(options, OPTION_FORMAT, format);
    return value_read(&value_format, dot + 1, &format, &ignored) == 0 ? (enum report_format)format
                                                                      : REPORT_TABLE;
}
