#include "campana/buffer.h"
#include "campana/error.h"
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define SMALLEST_BYTES 64

struct slice slice_of(const char *string)
{
    return (struct slice){string, strlen(string)};
}

bool slice_equal(struct slice a, struct slice b)
{
    return a.len == b.len && (a.len == 0 || memcmp(a.data, b.data, a.len) == 0);
}

void buffer_init(struct buffer *buffer)
{
    *buffer = (struct buffer){0};
}

void buffer_free(struct buffer *buffer)
{
    free(buffer->data);
    buffer_init(buffer);
}

void buffer_wipe(struct buffer *buffer)
{
    if (buffer->data != NULL)
        explicit_bzero(buffer->data, buffer->capacity);
    buffer_free(buffer);
}

void buffer_clear(struct buffer *buffer)
{
    buffer->len = 0;
    buffer->failed = false;
}

/* Memory that was outgrown is wiped too: it may hold part of a secret. */
static bool move(struct buffer *buffer, size_t capacity)
{
    char *data = malloc(capacity);
    if (data == NULL)
        return false;
    if (buffer->len > 0) {
        memcpy(data, buffer->data, buffer->len);
        explicit_bzero(buffer->data, buffer->len);
    }
    free(buffer->data);
    buffer->data = data;
    buffer->capacity = capacity;
    return true;
}

/* Makes room for `more` bytes and a NUL behind them. */
static bool make_room(struct buffer *buffer, size_t more)
{
    if (buffer->failed)
        return false;
    if (more < buffer->capacity - buffer->len)
        return true;
    size_t capacity = buffer->capacity < SMALLEST_BYTES ? SMALLEST_BYTES : buffer->capacity;
    while (capacity - buffer->len <= more) {
        if (capacity > SIZE_MAX / 2) {
            buffer->failed = true;
            return false;
        }
        capacity *= 2;
    }
    buffer->failed = !move(buffer, capacity);
    return !buffer->failed;
}

void buffer_append_growing(struct buffer *buffer, const void *data, size_t len)
{
    if (!make_room(buffer, len))
        return;
    memcpy(buffer->data + buffer->len, data, len);
    buffer->len += len;
}

void buffer_puts(struct buffer *buffer, const char *string)
{
    buffer_append(buffer, string, strlen(string));
}

/* Into the room there is; where that is too small, its length is known, and it is done again. */
void buffer_printf(struct buffer *buffer, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    va_list again;
    va_copy(again, arguments);
    size_t room = buffer->failed ? 0 : buffer->capacity - buffer->len;
    int len = vsnprintf(room == 0 ? NULL : buffer->data + buffer->len, room, format, arguments);
    va_end(arguments);
    if (len < 0) {
        buffer->failed = true;
    } else if ((size_t)len < room) {
        buffer->len += (size_t)len;
    } else if (make_room(buffer, (size_t)len)) {
        vsnprintf(buffer->data + buffer->len, (size_t)len + 1, format, again);
        buffer->len += (size_t)len;
    }
    va_end(again);
}

const char *buffer_string(struct buffer *buffer)
{
    if (buffer->failed || buffer->data == NULL)
        return "";
    buffer->data[buffer->len] = '\0';
    return buffer->data;
}

struct slice buffer_slice(const struct buffer *buffer)
{
    return (struct slice){buffer->data == NULL ? "" : buffer->data, buffer->len};
}

int buffer_check(const struct buffer *buffer, struct error *error)
{
    return buffer->failed ? error_no_memory(error) : 0;
}
