/* A message: the first byte chooses mode and length. */
#include "campana/text.h"
#include "campana/utf8.h"
#include "fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct buffer out = {0};
    struct buffer again = {0};
    struct buffer words = {0};
    struct text_check check;
    struct text_check second;
    if (size < 1 || !utf8_valid((const char *)data + 1, size - 1))
        return 0;
    struct text_rules rules = {.mode = (enum text_mode)(data[0] % 3), .max_septets = 1 + data[0] * 159 / 255};
    text_prepare((struct slice){(const char *)data + 1, size - 1}, &rules, &out, &check);
    text_describe(&check, &rules, &words);
    MUST(!out.failed && !words.failed && utf8_valid(out.data, out.len) && utf8_valid(words.data, words.len));
    if (check.problem == REASON_NONE) {
        MUST(words.len == 0 && check.septets > 0 && check.septets <= rules.max_septets &&
             out.len < TEXT_BYTES);
        text_prepare(buffer_slice(&out), &rules, &again, &second);
        MUST(second.problem == REASON_NONE && second.septets == check.septets && second.replaced == 0);
        MUST(slice_equal(buffer_slice(&out), buffer_slice(&again)));
    } else {
        MUST(words.len > 0);
    }
    buffer_free(&out);
    buffer_free(&again);
    buffer_free(&words);
    return 0;
}
