#include "campana/error.h"
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

void error_clear(struct error *error)
{
    error->kind = ERROR_NONE;
    error->text[0] = '\0';
}

int error_set(struct error *error, enum error_kind kind, const char *format, ...)
{
    va_list arguments;
    error->kind = kind;
    va_start(arguments, format);
    vsnprintf(error->text, sizeof error->text, format, arguments);
    va_end(arguments);
    return -1;
}

int error_prefix(struct error *error, const char *format, ...)
{
    char text[ERROR_TEXT_BYTES];
    memcpy(text, error->text, sizeof text);
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(error->text, sizeof error->text, format, arguments);
    va_end(arguments);
    strncat(error->text, ": ", sizeof error->text - strlen(error->text) - 1);
    strncat(error->text, text, sizeof error->text - strlen(error->text) - 1);
    return -1;
}

int error_no_memory(struct error *error)
{
    return error_set(error, ERROR_MACHINE, "out of memory");
}
