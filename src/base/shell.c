#include "campana/shell.h"
#include "campana/utf8.h"
#include <string.h>

void shell_put_quoted(struct buffer *out, const char *word)
{
    static const char plain[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789@%+=:,./_-";
    struct buffer quoted = {0};
    if (word[0] != '\0' && word[strspn(word, plain)] == '\0') {
        buffer_puts(out, word);
        return;
    }
    buffer_put(&quoted, '\'');
    for (; *word != '\0'; word++) {
        if (*word == '\'')
            buffer_puts(&quoted, "'\\''");
        else
            buffer_put(&quoted, *word);
    }
    buffer_put(&quoted, '\'');
    utf8_put_visible(out, quoted.data, quoted.len, 0);
    out->failed = out->failed || quoted.failed;
    buffer_free(&quoted);
}
