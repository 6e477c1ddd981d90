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
    char text[ERROR_TEXT_BYTES]; /* the arguments may point into error->text */
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    error->kind = kind;
    snprintf(error->text, sizeof error->text, "%s", text);
    return -1;
}

int error_prefix(struct error *error, const char *format, ...)
{
    char text[ERROR_TEXT_BYTES];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    strncat(text, ": ", sizeof text - strlen(text) - 1);
    strncat(text, error->text, sizeof text - strlen(text) - 1);
    memcpy(error->text, text, strlen(text) + 1);
    return -1;
}

int error_no_memory(struct error *error)
{
    return error_set(error, ERROR_MACHINE, "out of memory");
}
